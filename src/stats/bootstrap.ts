import { requireInteger, requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { addon, type BootstrapArguments, type ScoreArray } from '../native.js'
import { type JobOptions, type Progress, runJob, threadsOf } from './job.js'
import { allocate, copyMask, copyScores } from './scores.js'
import { copyTargets, type ThresholdDefinition, thresholdNumber } from './threshold.js'

const designs = ['paired', 'independent'] as const

/** Whether detectors scored the same samples, position by position, or samples of their own; see {@link bootstrap}. */
export type Design = (typeof designs)[number]

/** One detector's scores. */
export interface DetectorScores {
  /** [n₀] */
  readonly normal: ScoreArray
  /** One array for each class of anomalies, [n_k] each. */
  readonly anomalous: readonly ScoreArray[]
  /**
   * For each class a mask [n_k], not 0 where this detector did not test the sample, because it was trained on it for
   * instance; undefined where it tested all. Default: it tested all samples of all classes.
   */
  readonly excluded?: readonly (Uint8Array | undefined)[] | undefined
}

export interface BootstrapOptions extends JobOptions {
  /** Target false-positive rates, F of them, each in (0, 1). Default [0.05]. */
  readonly fprs?: readonly number[] | Float64Array | undefined
  /** Default `inverse-cdf`; see {@link threshold}. */
  readonly threshold?: ThresholdDefinition | undefined
  /** Default `paired`. */
  readonly design?: Design | undefined
  /** Number of replicates B, 1 to 2³¹ − 1. Default 10,000. */
  readonly resamples?: number | undefined
  /** Integer in [0, 2⁵³). Default 0. */
  readonly seed?: number | undefined
  /** Number of the first replicate. Default 0. Replicate r of a seed is the same however the work is cut up. */
  readonly firstReplicate?: number | undefined
  /** Which replicates to return. Default both. */
  readonly outputs?: { readonly thresholds?: boolean | undefined; readonly tpr?: boolean | undefined } | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** What the samples themselves say: D detectors, K classes, F targets. */
export interface Observed {
  /** [F, D]: the threshold of each detector at each target. */
  readonly thresholds: Float64Array
  /** [F, D]: the fraction of the normal scores strictly above it. */
  readonly fpr: Float64Array
  /** [F, K, D]: the fraction of each class's tested scores strictly above it. */
  readonly tpr: Float64Array
}

export interface BootstrapResult {
  readonly nDetectors: number
  readonly nClasses: number
  readonly nFprs: number
  readonly resamples: number
  readonly observed: Observed
  /** [B, F, D]: thresholds of the replicates; undefined when not wanted. */
  readonly thresholds: Float64Array | undefined
  /** [B, F, K, D]: TPRs of the replicates; undefined when not wanted. */
  readonly tpr: Float64Array | undefined
}

/**
 * Bootstrap replicates of thresholds and TPRs of D detectors, by drawing every index (the `direct` engine).
 *
 * A replicate draws, with replacement, n₀ of the n₀ normal samples and, class by class, n_k of the n_k anomalies. In the
 * `paired` design one draw serves all detectors, so a resampled sample carries all its scores; in the `independent`
 * design each detector draws its own, and sample sizes may differ. Each replicate reads every threshold anew off its
 * normal draw ({@link threshold}) and every TPR off its anomaly draw at that threshold. Excluded samples count neither
 * as drawn nor as flagged; a class of which some detector would be left without any is drawn again.
 *
 * Random numbers are Philox4x32-10 streams by (seed, replicate, class): the bits do not depend on `threads`, on how
 * replicates are cut up with `firstReplicate`, or, for one class, on the other classes.
 *
 * Time: about 3 ns for each index drawn and 1 ns for each flagged sample of each detector, on one thread: 30 µs a
 * replicate for 10 detectors on 1,500 normals and 5,000 anomalies. Memory: 16 bytes a score (24 for float64), 4 a sample
 * and thread, and the outputs. The scores are copied before the call returns: changing them later has no effect.
 *
 * @returns the replicates, and the same readings of the samples themselves
 *
 * Errors: `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`, `UNKNOWN_NAME`,
 * `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const a = { normal: Float64Array.of(1, 2, 3, 4), anomalous: [Float64Array.of(3, 5)] }
 * const b = { normal: Float64Array.of(2, 1, 4, 3), anomalous: [Float64Array.of(5, 6)] }
 * const { tpr } = await bootstrap([a, b], { fprs: [0.25], resamples: 1000 }) // tpr: [1000, 1, 1, 2]
 */
export async function bootstrap(
  detectors: readonly DetectorScores[],
  options: BootstrapOptions = {},
): Promise<BootstrapResult> {
  const input = copyInput(detectors, options)
  const resamples = requireInteger('resamples', options.resamples ?? 10_000, 1, 2 ** 31 - 1)
  const first = requireInteger('firstReplicate', options.firstReplicate ?? 0, 0, 2 ** 32 - resamples)
  const range = {
    seed: requireInteger('seed', options.seed ?? 0, 0),
    first,
    count: resamples,
    threads: threadsOf(options),
  }
  const nDetectors = input.normal.length
  const nClasses = input.anomalous[0]?.length ?? 0
  const nFprs = input.fprs.length
  const float64 = (what: string, length: number) => allocate(what, length, (n) => new Float64Array(n))
  const observed = {
    thresholds: float64('the thresholds', nFprs * nDetectors),
    fpr: float64('the false-positive rates', nFprs * nDetectors),
    tpr: float64('the true-positive rates', nFprs * nClasses * nDetectors),
  }
  const wanted = options.outputs ?? {}
  const perReplicate = nFprs * nDetectors
  const thresholds =
    wanted.thresholds === false ? undefined : float64('the thresholds of the replicates', resamples * perReplicate)
  const tpr =
    wanted.tpr === false ? undefined : float64('the TPRs of the replicates', resamples * perReplicate * nClasses)
  await runJob(
    (control) =>
      addon.bootstrap(
        input,
        range,
        {
          observedThresholds: observed.thresholds,
          observedFpr: observed.fpr,
          observedTpr: observed.tpr,
          thresholds,
          tpr,
        },
        control,
      ),
    (array) => nameOfSet(Math.floor(array / (nClasses + 1)), array % (nClasses + 1)),
    options,
    resamples,
    options.onProgress,
  )
  return { nDetectors, nClasses, nFprs, resamples, observed, thresholds, tpr }
}

/** Names the normal scores (set 0) or class `set − 1` of a detector as the caller wrote them. */
function nameOfSet(d: number, set: number): string {
  return set === 0 ? `detectors[${d}].normal` : `detectors[${d}].anomalous[${set - 1}]`
}

/** Private copies of everything, with kinds, shapes and options checked; native code checks the values. */
function copyInput(detectors: readonly DetectorScores[], options: BootstrapOptions): BootstrapArguments['input'] {
  if (!Array.isArray(detectors)) throw new ScoringBiasError('WRONG_TYPE', 'detectors must be an array')
  if (detectors.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'detectors is empty: at least one is needed')
  const design = designs.indexOf(requireKnown('design', options.design ?? 'paired', designs))
  const copies = detectors.map(copyDetector)
  const [reference] = copies
  copies.forEach((detector, d) => {
    requireSameLength(`detectors[${d}].anomalous`, detector.anomalous, 'detectors[0].anomalous', reference?.anomalous)
    if (design !== 0) return
    requireSameLength(nameOfSet(d, 0), detector.normal, nameOfSet(0, 0), reference?.normal)
    detector.anomalous.forEach((scores, k) => {
      requireSameLength(nameOfSet(d, k + 1), scores, nameOfSet(0, k + 1), reference?.anomalous[k])
    })
  })
  return {
    normal: copies.map(({ normal }) => normal),
    anomalous: copies.map(({ anomalous }) => anomalous),
    excluded: copies.map(({ excluded }) => excluded),
    design,
    definition: thresholdNumber(options.threshold),
    fprs: copyTargets(options.fprs ?? [0.05]),
  }
}

function copyDetector(detector: DetectorScores, d: number) {
  if (typeof detector !== 'object' || detector === null || !Array.isArray(detector.anomalous)) {
    throw new ScoringBiasError('WRONG_TYPE', `detectors[${d}] must be an object { normal, anomalous: [class, …] }`)
  }
  const normal = copyScores(nameOfSet(d, 0), detector.normal)
  const anomalous = detector.anomalous.map((scores, k) => copyScores(nameOfSet(d, k + 1), scores))
  const masks = detector.excluded ?? anomalous.map(() => undefined)
  if (!Array.isArray(masks)) throw new ScoringBiasError('WRONG_TYPE', `detectors[${d}].excluded must be an array`)
  requireSameLength(`detectors[${d}].excluded`, masks, `detectors[${d}].anomalous`, anomalous)
  const excluded = masks.map((mask, k) => {
    if (mask === undefined) return undefined
    const name = `detectors[${d}].excluded[${k}]`
    const copy = copyMask(name, mask)
    requireSameLength(name, copy, nameOfSet(d, k + 1), anomalous[k])
    return copy
  })
  return { normal, anomalous, excluded }
}

function requireSameLength(
  name: string,
  value: ArrayLike<unknown>,
  otherName: string,
  other: ArrayLike<unknown> | undefined,
): void {
  if (other === undefined || value.length === other.length) return
  throw new ScoringBiasError(
    'LENGTH_MISMATCH',
    `${name} has length ${value.length}, but ${otherName}, which it belongs to, has ${other.length}`,
  )
}
