import { type Command, InvalidArgumentError } from 'commander'
import { biasDefaults } from '../biasDefaults.js'
import { ScoringBiasError } from '../errors.js'
import { type RangeScale, rangeScales } from '../stats/bias/fprRange.js'
import { choice, fraction, listOf, number } from './flags.js'

/** What says at which false-positive rates detectors are compared. */
export interface TargetFlags {
  fpr?: number[]
  alerts?: number
  per?: number
  fprRange?: [number, number]
  over?: RangeScale
}

/** At least one target. */
const targets = listOf((text) => text.split(',').map(fraction))

/** Gives a command the options of its targets. */
export function withTargets(command: Command): Command {
  return command
    .option(
      '--fpr <rates>',
      `target false-positive rate, as 0.01, 1% or 1/100; several with commas, the smallest first (default: ${biasDefaults.fpr})`,
      targets,
    )
    .option('--alerts <n>', 'the target as false alarms, with --per', number)
    .option('--per <n>', 'so many normal samples', number)
    .option('--fpr-range <from..to>', 'no one target: recall averaged over a range of them, as 0.001..0.01', range)
    .addOption(choice('--over <scale>', 'what the average is over (default: log)', rangeScales))
}

/** `0.001..0.01` */
function range(text: string): [number, number] {
  const [from, to, ...more] = text.split(/\.\.(?!\.)/)
  if (from === undefined || to === undefined || more.length > 0) {
    throw new InvalidArgumentError('It takes two rates with two dots between them, as 0.001..0.01.')
  }
  return upwards([fraction(from), fraction(to)])
}

function upwards([from, to]: readonly [number, number]): [number, number] {
  if (!(0 < from && from < to && to < 1)) throw new InvalidArgumentError('It must go up, from above 0 to below 1.')
  return [from, to]
}

/** Errors: `OUT_OF_RANGE` where a range goes with what it takes the place of, or is missing. */
export function requireRange({ fpr, alerts, per, fprRange, over }: TargetFlags): void {
  if (fprRange === undefined) {
    if (over !== undefined) throw refused('--over is of an average over a range. Give the range with --fpr-range')
    return
  }
  const [given] =
    Object.entries({ '--fpr': fpr, '--alerts': alerts, '--per': per }).find(([, one]) => one !== undefined) ?? []
  if (given !== undefined) throw refused(`--fpr-range and ${given} both say the target. Leave one out`)
}

/** The targets asked for. Errors: `OUT_OF_RANGE` where they are asked for twice, or by halves. */
export function targetsOf({ fpr, alerts, per }: TargetFlags): number[] {
  if (alerts === undefined && per === undefined) return inOrder(fpr ?? [biasDefaults.fpr])
  if (fpr !== undefined) throw refused('--fpr and --alerts both say the target. Leave one out')
  if (alerts === undefined || per === undefined) {
    throw refused('--alerts and --per go together: --alerts 20 --per 10000 is a rate of 0.002')
  }
  if (!(alerts > 0 && alerts < per)) throw refused(`--alerts must be above 0 and below --per, got ${alerts} of ${per}`)
  return [alerts / per]
}

/** Targets that ascend. Errors: `OUT_OF_RANGE`. */
function inOrder(fprs: number[]): number[] {
  for (const [i, fpr] of fprs.entries()) {
    const before = fprs[i - 1]
    if (before === undefined || fpr > before) continue
    const what = fpr === before ? `${fpr} twice` : `${fpr} after ${before}`
    throw refused(`--fpr has ${what}. Give each target once, the smallest first`)
  }
  return fprs
}

function refused(message: string): ScoringBiasError {
  return new ScoringBiasError('OUT_OF_RANGE', message)
}
