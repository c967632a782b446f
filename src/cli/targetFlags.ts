import type { Command } from 'commander'
import { biasDefaults } from '../biasDefaults.js'
import { ScoringBiasError } from '../errors.js'
import { fraction, number } from './flags.js'

/** What says at which false-positive rates detectors are compared. */
export interface TargetFlags {
  fpr?: number[]
  alerts?: number
  per?: number
}

/** Gives a command the options of its targets. */
export function withTargets(command: Command): Command {
  return command
    .option(
      '--fpr <rates>',
      `target false-positive rate, as 0.01, 1% or 1/100; several with commas, the smallest first (default: ${biasDefaults.fpr})`,
      (text) => text.split(',').map(fraction),
    )
    .option('--alerts <n>', 'the target as false alarms, with --per', number)
    .option('--per <n>', 'so many normal samples', number)
}

/** The targets asked for. Errors: `OUT_OF_RANGE` where they are asked for twice, or by halves. */
export function targetsOf({ fpr, alerts, per }: TargetFlags): number[] {
  if (alerts === undefined && per === undefined) return fpr ?? [biasDefaults.fpr]
  if (fpr !== undefined) throw refused('--fpr and --alerts both say the target. Leave one out')
  if (alerts === undefined || per === undefined) {
    throw refused('--alerts and --per go together: --alerts 20 --per 10000 is a rate of 0.002')
  }
  if (!(alerts > 0 && alerts < per)) throw refused(`--alerts must be above 0 and below --per, got ${alerts} of ${per}`)
  return [alerts / per]
}

function refused(message: string): ScoringBiasError {
  return new ScoringBiasError('OUT_OF_RANGE', message)
}
