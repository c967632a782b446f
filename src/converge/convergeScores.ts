import { counted, formatCount } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import { requireBoth, requirePair } from '../stats/bias/relativeBias.js'
import type { ScorePair } from '../stats/bias/types.js'
import { copyScores } from '../stats/ranks/scores.js'
import type { Detectors } from '../theory/options.js'
import { checkScores } from './convergeOptions.js'
import { poolSource } from './poolSource.js'
import { studySource } from './summary.js'
import type { ConvergeScoresOptions, ScoreConvergence } from './types.js'

/**
 * How ξ̂ and the FPR converge with the number of samples, on scores from anywhere: runs are drawn from them with
 * replacement, so that they are the law whose ξ is known: their own, by the threshold rule asked for (`normalLaw` says what
 * normals of a pool stand for). See `converge` for what is reported. A warning names runs larger than what they are drawn from.
 *
 * @param scores of both detectors on the same samples, paired by position; copied
 *
 * Errors: `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`, `UNKNOWN_NAME`,
 * `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const { cells, rates } = await convergeScores({ baseline, candidate }, { sizes: [100, 1000], alphas: [0.1] })
 */
export async function convergeScores(
  scores: Detectors<ScorePair>,
  options: ConvergeScoresOptions = {},
): Promise<ScoreConvergence> {
  const checked = checkScores(options)
  requireBoth(scores, 'an object { baseline, candidate }')
  const copy = (role: keyof Detectors<unknown>): ScorePair => {
    const { normal, anomalous } = requirePair(role, scores[role])
    return {
      normal: copyScores(`${role}.normal`, normal),
      anomalous: copyScores(`${role}.anomalous`, anomalous),
    }
  }
  const own = { baseline: copy('baseline'), candidate: copy('candidate') }
  for (const kind of ['normal', 'anomalous'] as const) {
    const [n, m] = [own.baseline[kind].length, own.candidate[kind].length]
    if (n === m) continue
    throw new ScoringBiasError(
      'LENGTH_MISMATCH',
      `baseline.${kind} has ${counted(n, 'score')}, and candidate.${kind} has ${formatCount(m)}. Give a score of each detector for each sample`,
    )
  }
  return studySource(await poolSource(own, checked), checked)
}
