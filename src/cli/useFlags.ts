import type { Command } from 'commander'
import type { AlertsOptions } from '../compare/alerts.js'
import { ScoringBiasError } from '../errors.js'
import type { MixOptions } from '../stats/bias/mix.js'
import { adding, fraction, number } from './flags.js'
import { bothByClass, byClass } from './gateFlags.js'

/** What says where detectors are to be used: on which mix of classes, and among how many normals. */
export type UseFlags = MixOptions & AlertsOptions

/** `crack=0.7,dent=0.3` */
const mix = adding(byClass, bothByClass)

/** Gives a command the options of a use. */
export function withUse(command: Command): Command {
  return command
    .option('--mix <shares>', 'ξ on a mix of classes too, as crack=0.7,dent=0.3 or crack=70%,dent=30%', mix)
    .option('--prevalence <share>', 'the share of anomalies in use, as 0.001 or 1/1000: says the precision', fraction)
    .option('--per-day <n>', 'samples a day in use, with --prevalence: says the alerts a day', number)
}

/** What is said where a table has no place for the answers of a use, nothing where none was asked for. */
export function leftOutOfCsv({ mix: shares, prevalence }: UseFlags): string {
  const out = [
    ...(shares === undefined ? [] : ['the mix']),
    ...(prevalence === undefined ? [] : ['precision and alerts']),
  ]
  return out.length === 0 ? '' : `Note: --csv leaves out ${out.join(', ')}. Take --json for all.\n`
}

/** Errors: `OUT_OF_RANGE` for a number of samples without the share of anomalies. */
export function requireUse({ prevalence, perDay }: UseFlags): void {
  if (perDay === undefined || prevalence !== undefined) return
  throw new ScoringBiasError('OUT_OF_RANGE', '--per-day needs the share of anomalies. Give it with --prevalence')
}
