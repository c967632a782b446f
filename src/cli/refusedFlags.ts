import { biasDefaults } from '../biasDefaults.js'
import { ScoringBiasError } from '../errors.js'
import type { CompareFlags } from './compareFlags.js'

/** Flags that ask for another way than the default one, and whether each is given. */
function methodFlags(flags: CompareFlags) {
  const { thresholdRule, intervalMethod, engine } = biasDefaults
  return [
    ['--threshold-rule', flags.thresholdRule !== thresholdRule],
    ['--delta', flags.delta !== undefined],
    ['--interval-method', flags.intervalMethod !== intervalMethod],
    ['--engine', flags.engine !== engine],
    ['--curve', flags.curve !== undefined],
    ['--curve-fprs', flags.curveFprs !== undefined],
  ] as const
}

function refuse(asked: readonly (readonly [string, boolean])[], what: string, wayOut: string): void {
  const [given] = asked.flatMap(([flag, isGiven]) => (isGiven ? [flag] : []))
  if (given === undefined) return
  throw new ScoringBiasError('OUT_OF_RANGE', `${given} is not for ${what}. Leave it out, or ${wayOut}`)
}

/** Refuses what a comparison of trainings does not answer: `OUT_OF_RANGE`. */
export function requireSeedFlags(flags: CompareFlags, fprs: readonly number[]): void {
  const asked = [
    ...methodFlags(flags),
    ['--mix', flags.mix !== undefined],
    ['--prevalence', flags.prevalence !== undefined],
    ['--margin', flags.margin !== undefined],
    ['--gate', flags.gate !== undefined],
    ['--markdown', flags.markdown !== undefined],
    ['a list of --fpr', fprs.length > 1],
    ['--fpr-range', flags.fprRange !== undefined],
  ] as const
  // Of what is read once only, nobody knows yet whether these names are that of one column.
  const quotes = flags.baseline?.includes(',') ? ', in double quotes if its name has commas,' : ''
  refuse(
    asked,
    'several trainings of a detector, which --baseline, --candidate or --run ask for',
    `name one column for the baseline${quotes} and one for the candidate`,
  )
}

/** Refuses what a comparison of samples in groups does not answer: `OUT_OF_RANGE`. */
export function requireGroupFlags(flags: CompareFlags): void {
  refuse(methodFlags(flags), 'samples in groups, which --group asks for', 'leave out --group')
}

/** Refuses what a comparison over a range does not answer: `OUT_OF_RANGE`. */
export function requireRangeFlags(flags: CompareFlags): void {
  const asked = [
    ...methodFlags(flags),
    ['--mix', flags.mix !== undefined],
    ['--prevalence', flags.prevalence !== undefined],
  ] as const
  refuse(asked, 'an average over a range of targets, which --fpr-range asks for', 'give one target with --fpr')
}
