import { allocate } from '../../allocate.js'
import { biasDefaults } from '../../biasDefaults.js'
import {
  at,
  between,
  callback,
  flag,
  integer,
  numbers,
  type OptionChecks,
  oneOf,
  requireFinite,
  requireInteger,
  requireOptions,
} from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { type JobOptions, jobChecks, runJob, threadsOf } from '../../job.js'
import { addon, type BootstrapArguments } from '../../native.js'
import type { OnProgress } from '../../progress.js'
import { copyNumbers } from '../ranks/scores.js'
import { type ThresholdRule, thresholdRules } from '../ranks/thresholdRule.js'
import {
  copyInput,
  type Design,
  type DetectorScores,
  designs,
  detectorSet,
  requireSameLength,
  type SetName,
} from './bootstrapInput.js'
import { type DecidedEngine, decideEngine, type Engine, engines } from './engine.js'

export type { Design, DetectorScores } from './bootstrapInput.js'

export interface BootstrapOptions extends JobOptions {
  /** Target false-positive rates, F of them, each in (0, 1). Default [0.05]. */
  readonly fprs?: readonly number[] | Float64Array | undefined
  /** Default `inverse-cdf`; see {@link threshold}. */
  readonly thresholdRule?: ThresholdRule | undefined
  /** Of the threshold `certified`: δ in (0, 1). Default 0.05. */
  readonly delta?: number | undefined
  /** Default `paired`. */
  readonly design?: Design | undefined
  /** Default `auto`. */
  readonly engine?: Engine | undefined
  /** Number of replicates B, 1 to 2³¹ − 1. Default 10,000. */
  readonly resamples?: number | undefined
  /** Integer in [0, 2⁵³). Default 0. */
  readonly seed?: number | undefined
  /**
   * Number of the first replicate. Default 0. Replicate r of a seed and an engine is the same however the work is cut up:
   * name the engine then, as `auto` may take another for fewer replicates.
   */
  readonly firstReplicate?: number | undefined
  /**
   * Which replicates to return: `thresholds`, `tpr` and `standardErrors`, each true or false. Default thresholds and TPRs, each unless it is set to
   * false. Standard errors are those of the contrast, and take the `tree` engine; the `table` engine has TPRs alone, and takes `thresholds: false`.
   */
  readonly outputs?: BootstrapOutputs | undefined
  /** Weights w_d of a contrast Σ w_d·TPR_d for whose BCa interval the acceleration is wanted. Default none. */
  readonly contrast?: readonly number[] | undefined
  readonly onProgress?: OnProgress | undefined
}

/** Which replicates to return. */
export interface BootstrapOutputs {
  /** Default true. */
  readonly thresholds?: boolean | undefined
  /** Default true. */
  readonly tpr?: boolean | undefined
  /** Of the contrast. Default false. */
  readonly standardErrors?: boolean | undefined
}

const outputChecks: OptionChecks<BootstrapOutputs> = { thresholds: flag, tpr: flag, standardErrors: flag }
const checks: OptionChecks<BootstrapOptions> = {
  ...jobChecks,
  fprs: numbers,
  thresholdRule: oneOf('threshold rule', thresholdRules),
  delta: between(0, 1),
  design: oneOf('design', designs),
  engine: oneOf('engine', engines),
  resamples: integer(1, 2 ** 31 - 1),
  seed: integer(0),
  firstReplicate: integer(0),
  outputs: (_, value) => requireOptions('outputs', value as BootstrapOutputs, outputChecks),
  contrast: numbers,
  onProgress: callback,
}

/** What the samples themselves say: D detectors, K classes, F targets. */
export interface Observed {
  /** `[F, D]`: the threshold of each detector at each target. */
  readonly thresholds: Float64Array
  /** `[F, D]`: the fraction of the normal scores strictly above it. */
  readonly observedFpr: Float64Array
  /** `[F, K, D]`: the fraction of each class's tested scores strictly above it. */
  readonly observedTpr: Float64Array
}

interface Head {
  readonly nDetectors: number
  readonly nClasses: number
  readonly nFprs: number
  readonly resamples: number
  /** The engine used. */
  readonly engine: DecidedEngine
}

/** What {@link bootstrap} answers: B replicates, F targets, K classes, D detectors. */
export interface BootstrapResult extends Head {
  readonly observed: Observed
  /** `[B, F, D]`: thresholds of the replicates; undefined when not wanted. */
  readonly thresholds: Float64Array | undefined
  /** `[B, F, K, D]`: TPRs of the replicates; undefined when not wanted. */
  readonly tpr: Float64Array | undefined
  /** `[F, K]`: of the contrast, by the jackknife (native/kernels/bootstrap/jackknife.h); undefined without one. */
  readonly acceleration: Float64Array | undefined
  /** `[F, K]`: the standard error of the contrast of the samples; undefined when not wanted. */
  readonly standardError: Float64Array | undefined
  /** `[B, F, K]`: the same of every replicate. */
  readonly standardErrors: Float64Array | undefined
}

/** Of two detectors: bootstrap replicates, or draws of the confidence distribution, or none, in their place. */
export interface PairResult extends Omit<BootstrapResult, 'engine'> {
  readonly engine: DecidedEngine | 'confidence' | 'exact'
  /** `[B, F, K]`: the part of ξ that is the thresholds' own; undefined for bootstrap replicates. */
  readonly centres?: Float64Array | undefined
}

/**
 * Bootstrap replicates of thresholds and TPRs of D detectors.
 *
 * A replicate draws, with replacement, n₀ of the n₀ normal samples and, class by class, n_k of the n_k anomalies. In the
 * `paired` design one draw serves all detectors, so a resampled sample carries all its scores; in the `independent`
 * design each detector draws its own, and sample sizes may differ. Each replicate reads every threshold anew off its
 * normal draw ({@link threshold}) and every TPR off its anomaly draw at that threshold. Excluded samples count neither
 * as drawn nor as flagged; a class of which some detector would be left without any is drawn again.
 *
 * Three engines have this law, see {@link Engine}. Random numbers are Philox4x32-10 streams by (seed, engine, replicate,
 * class): the bits do not depend on `threads`, on how replicates are cut up with `firstReplicate`, or, for one class, on
 * the other classes.
 *
 * Standard errors are the delta method's, with the thresholds' noise by the slope of the ROC curve
 * (native/kernels/bootstrap/contrast_variance.h).
 *
 * Time: `tree` 0.6 to 1 µs a replicate for two paired detectors at one target, whatever n, after O(n) to prepare: 15 ms
 * for 10⁶ normals on one thread. `table` about 0.35 µs, after 0.3 µs for each pair of cells near the thresholds: 1 ms for
 * 1,000 normals and 200 anomalies, 220 ms for 10⁶ and 10⁵. `direct` about 3 ns for each index drawn and 1 ns for each flagged sample of each
 * detector: 30 µs a replicate for 10 detectors on 1,500 normals and 5,000 anomalies. Memory: a copy of the scores and the
 * outputs; `direct` also 16 bytes a score (24 for float64) and 4 a sample and thread. The scores are copied before the
 * call returns: changing them later has no effect.
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
  const asked = requireOptions('bootstrap', options, checks)
  return bootstrapInput(copyInput(detectors, asked, detectorSet), asked, detectorSet)
}

/** {@link bootstrap} of input that nobody else can reach, already checked by {@link copyInput}. */
export async function bootstrapInput(
  input: BootstrapArguments['input'],
  options: BootstrapOptions,
  nameOf: SetName,
): Promise<BootstrapResult> {
  const nDetectors = input.normal.length
  const nClasses = at(input.anomalous, 0).length
  const nFprs = input.fprs.length
  const { resamples = biasDefaults.resamples, seed = biasDefaults.seed, firstReplicate = 0 } = options
  const { thresholds = true, standardErrors = false } = options.outputs ?? {}
  const engine = decideEngine(options.engine, input, { resamples, more: thresholds || standardErrors })
  const range = {
    seed: requireInteger('seed', seed, 0),
    first: requireInteger('firstReplicate', firstReplicate, 0, 2 ** 32 - resamples),
    count: requireInteger('resamples', resamples, 1, 2 ** 31 - 1),
    threads: threadsOf(options),
    engine,
  }
  const { contrast, unit } = contrastOf(options, input)
  const head = { nDetectors, nClasses, nFprs, resamples, engine }
  const outputs = allocateOutputs(head, options.outputs, contrast !== undefined)
  await runJob(
    (control) => addon.bootstrap(input, range, outputs, control, contrast),
    (array) => nameOf(Math.floor(array / (nClasses + 1)), array % (nClasses + 1)),
    options,
    { phase: 'resampling', total: resamples, onProgress: options.onProgress },
  )
  const { observedThresholds, observedFpr, observedTpr, observedStandardErrors, ...replicates } = outputs
  return {
    ...head,
    observed: { thresholds: observedThresholds, observedFpr, observedTpr },
    ...replicates,
    standardErrors: replicates.standardErrors?.map((one) => one * unit),
    standardError: observedStandardErrors?.map((one) => one * unit),
  }
}

/** Beyond it, or below its inverse, cubes of a weight may not be doubles. */
const largeWeight = 2 ** 100

/** The weights of a contrast in a unit in which no power of them overflows, 1 where they are of usual size. */
function contrastOf({ contrast: asked }: BootstrapOptions, input: BootstrapArguments['input']) {
  if (asked === undefined) return { contrast: undefined, unit: 1 }
  const contrast = copyNumbers('contrast', asked)
  requireSameLength('contrast', contrast, 'detectors', input.normal)
  for (const [d, weight] of contrast.entries()) requireFinite(`contrast[${d}]`, weight)
  const largest = contrast.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
  if (largest === 0 || (largest < largeWeight && largest > 1 / largeWeight)) return { contrast, unit: 1 }
  return { contrast: contrast.map((weight) => weight / largest), unit: largest }
}

/** Room for what native code writes; undefined for what is not wanted. Errors: `OUT_OF_RANGE`, `OUT_OF_MEMORY`. */
function allocateOutputs(
  { nDetectors, nClasses, nFprs, resamples, engine }: Head,
  { thresholds = true, tpr = true, standardErrors = false }: BootstrapOutputs = {},
  hasContrast: boolean,
) {
  if (standardErrors && !hasContrast) {
    throw new ScoringBiasError('OUT_OF_RANGE', 'standard errors are those of a contrast: give one')
  }
  if (standardErrors && engine !== 'tree') {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `standard errors take the engine 'tree', got '${engine}': ask for engine 'tree'`,
    )
  }
  const float64 = (what: string, length: number) => allocate(what, length, (n) => new Float64Array(n))
  const optional = (wanted: boolean, what: string, length: number) => (wanted ? float64(what, length) : undefined)
  const nThresholds = nFprs * nDetectors
  const nContrasts = nFprs * nClasses
  return {
    observedThresholds: float64('the thresholds', nThresholds),
    observedFpr: float64('the false-positive rates', nThresholds),
    observedTpr: float64('the true-positive rates', nThresholds * nClasses),
    thresholds: optional(thresholds, 'the replicates of thresholds', resamples * nThresholds),
    tpr: optional(tpr, 'the replicates of TPRs', resamples * nThresholds * nClasses),
    acceleration: optional(hasContrast, 'the accelerations', nContrasts),
    observedStandardErrors: optional(standardErrors, 'the standard errors', nContrasts),
    standardErrors: optional(standardErrors, 'the standard errors', resamples * nContrasts),
  }
}
