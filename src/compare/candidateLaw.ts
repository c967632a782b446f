import type { CandidateAnswers } from '../stats/bias/families.js'
import { type JointFprs, jointFprs } from '../stats/bias/jointFprs.js'
import { type LawHistogram, lawHistogram } from '../stats/bias/lawHistogram.js'
import type { RelativeBiasOptions, ScorePair } from '../stats/bias/types.js'

/** What the answers on one candidate are read off, for pictures. */
export interface CandidateLaw {
  /** Of each class, then of all anomalies, which are not there twice if there is a single class. */
  readonly sets: readonly SetLaw[]
  /** Of both thresholds. */
  readonly fprs: JointFprs
}

export interface SetLaw extends LawHistogram {
  /** The bootstrap, drawn or in closed form, or the confidence distribution, which also stands where a bootstrap is not relied on. */
  readonly kind: 'bootstrap' | 'confidence'
}

/** The laws of one candidate, which is the second of the pair. */
export async function candidateLaw(
  [baseline, candidate]: readonly [ScorePair, ScorePair],
  { overall, classes }: CandidateAnswers,
  asked: RelativeBiasOptions,
): Promise<CandidateLaw> {
  const { fpr, thresholdRule, delta, intervalMethod, seed, threads, signal } = asked
  const sets = (classes.length === 1 ? classes : [...classes, overall]).map((one): SetLaw => {
    const kind = one.replaced || intervalMethod === 'confidence' ? 'confidence' : 'bootstrap'
    return { kind, ...lawHistogram(one, kind === 'confidence') }
  })
  const question = { fpr, thresholdRule, delta, intervalMethod, seed, threads, signal }
  return { sets, fprs: await jointFprs({ baseline, candidate }, question) }
}
