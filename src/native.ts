import { frozen } from './frozen.js'
import { loadAddon } from './loadAddon.js'

/** Scores of either precision; never converted. */
export type ScoreArray = Float32Array | Float64Array

/** The choices that native code offers, by the names that it knows them by (kNamed in native/kernels). */
export const enums = frozen({
  design: ['paired', 'independent'],
  engine: ['tree', 'table', 'direct'],
  quantileDefinition: [
    'inverse-cdf',
    'averaged-inverse-cdf',
    'closest-observation',
    'interpolated-inverse-cdf',
    'hazen',
    'weibull',
    'linear',
    'median-unbiased',
    'normal-unbiased',
  ],
  syntheticKind: ['normal', 'anomalous'],
  thresholdRule: ['inverse-cdf', 'supremum', 'linear', 'certified'],
  tieRule: ['average', 'min', 'max', 'dense', 'ordinal'],
} as const)

/** One of the choices of a kind. */
export type EnumName<Kind extends keyof typeof enums> = (typeof enums)[Kind][number]

/** How thresholds are read, and the parameter of the rule. */
export interface NativeDefinition {
  readonly rule: EnumName<'thresholdRule'>
  readonly delta: number
}

/** Which group each sample belongs to, by numbers below `count`. */
export interface SampleGroups {
  readonly count: number
  /** [n0] */
  readonly normal: Uint32Array
  /** [k][n_k] */
  readonly classes: readonly Uint32Array[]
}

/** Arguments of {@link Addon.bootstrap}, as native/bind_bootstrap.cc reads them: D detectors, K classes, F targets. */
export interface BootstrapArguments {
  readonly input: {
    /** [d]: n0 scores each */
    readonly normal: readonly ScoreArray[]
    /** [d][k] */
    readonly anomalous: readonly (readonly ScoreArray[])[]
    /** [d][k]: not 0 where the detector did not test the sample */
    readonly excluded: readonly (readonly (Uint8Array | undefined)[])[]
    readonly design: EnumName<'design'>
    readonly definition: NativeDefinition
    readonly fprs: Float64Array
    /** Normal samples that are counted alone, of paired detectors: all score below what is given. Default 0. */
    readonly below?: number | undefined
  }
  readonly range: {
    readonly seed: number
    readonly first: number
    readonly count: number
    readonly threads: number
    readonly engine: EnumName<'engine'>
  }
  readonly outputs: {
    /** [F, D] */
    readonly observedThresholds: Float64Array
    /** [F, D] */
    readonly observedFpr: Float64Array
    /** [F, K, D] */
    readonly observedTpr: Float64Array
    /** [B, F, D] */
    readonly thresholds?: Float64Array | undefined
    /** [B, F, K, D] */
    readonly tpr?: Float64Array | undefined
    /** `[F, K]`: of the contrast */
    readonly acceleration?: Float64Array | undefined
    /** [F, K] and [B, F, K]: of the contrast; the tree engine's, both or none */
    readonly observedStandardErrors?: Float64Array | undefined
    readonly standardErrors?: Float64Array | undefined
    /** `[B, F, K]`: of the confidence draws only */
    readonly centres?: Float64Array | undefined
  }
  /** [D] */
  readonly contrast: Float64Array | undefined
}

/** What native code keeps of a family of laws, for {@link Addon.biasFamilyOutside}; freed with the object. */
export type BiasFamilyHandle = object & { readonly handle?: never }

/** The same for {@link Addon.confidenceAbove} and its neighbours. */
export type ConfidenceLawHandle = object & { readonly law?: never }

/** Scores by both detectors of samples that neither flags, and so on. */
type NativePools = Readonly<
  Record<'neither' | 'baseline' | 'candidate' | 'both', readonly [Float64Array, Float64Array]>
>

/**
 * What native/addon.cc exports. Arrays are borrowed until the promise settles: pass arrays that nobody else can reach.
 * Where a comment says so, the function also uses them as its working memory.
 */
export interface Addon {
  /** Of the package that it was built for. */
  readonly version: string
  /** The same as the list of this file, as native code has it. */
  readonly enums: { readonly [Kind in keyof typeof enums]: readonly string[] }
  argsort(values: ScoreArray, order: Uint32Array, threads: number): Promise<void>
  /** Beta(a, b) variates, a and b in [1, 2⁵³]. */
  beta(seed: number, stream: number, replicate: number, out: Float64Array, a: number, b: number): void
  betaCdf(x: number, a: number, b: number): number
  betaQuantile(p: number, a: number, b: number): number
  betaQuantileUpper(q: number, a: number, b: number): number
  betaSurvival(x: number, a: number, b: number): number
  /** A handle for the calls below. */
  biasFamily(): BiasFamilyHandle
  /**
   * The laws of ξ* on all anomalies and, where there are at least two, each class; see native/kernels/exact/bias_family.h. Where
   * `cost` exceeds the budget nothing else is written.
   */
  biasFamilyLaws(
    family: BiasFamilyHandle,
    input: {
      /** The baseline's normal and anomalous scores, then the candidate's. */
      readonly scores: readonly ScoreArray[]
      readonly design: EnumName<'design'>
      readonly definition: NativeDefinition
      readonly fpr: number
      /** [d]: of each anomaly; empty with fewer than two classes */
      readonly classes: readonly Int32Array[]
      readonly nClasses: number
      readonly budget: number
      /** Sets of which fewer samples decide have no law. */
      readonly fewest: number
    },
    outputs: {
      readonly laws: readonly Float64Array[]
      readonly readings: Float64Array
      readonly observed: Float64Array
      readonly cost: Float64Array
    },
    threads: number,
    control: Int32Array,
  ): Promise<void>
  /** P(some class outside its bounds) of a family that has its laws; `bounds` [question, K, 2] are numerators. */
  biasFamilyOutside(
    family: BiasFamilyHandle,
    bounds: Float64Array,
    probabilities: Float64Array,
    threads: number,
    control: Int32Array,
  ): Promise<void>
  binomial(seed: number, stream: number, replicate: number, out: Uint32Array, n: number, p: number): void
  bootstrap(
    input: BootstrapArguments['input'],
    range: BootstrapArguments['range'],
    outputs: BootstrapArguments['outputs'],
    control: Int32Array,
    contrast: BootstrapArguments['contrast'],
  ): Promise<void>
  /** P(ξ > x), or P(−ξ > x), of a set of a law that is made. */
  confidenceAbove(law: ConfidenceLawHandle, set: number, x: number, mirrored: boolean): number
  /** Two detectors; see native/kernels/bootstrap/confidence.h. */
  confidenceDraws(
    input: BootstrapArguments['input'],
    range: BootstrapArguments['range'],
    outputs: BootstrapArguments['outputs'],
    control: Int32Array,
  ): Promise<void>
  /** A handle for the calls beside; {@link makeConfidenceLaw} fills it. */
  confidenceLaw(): ConfidenceLawHandle
  /** P(ξ outside its bounds in some set); `bounds` are [question, set, 2]. */
  confidenceOutside(
    law: ConfidenceLawHandle,
    bounds: Float64Array,
    probabilities: Float64Array,
    control: Int32Array,
  ): Promise<void>
  /** inf{x: P(ξ ≤ x) ≥ p}, or of −ξ, of a set of a law that is made. */
  confidenceQuantile(law: ConfidenceLawHandle, set: number, p: number, mirrored: boolean): number
  countAbove(scores: ScoreArray, thresholds: Float64Array, flagged: Uint32Array): Promise<void>
  /** Sorts the sample in place. */
  ecdf(sample: ScoreArray, at: ScoreArray, values: Float64Array, threads: number): Promise<void>
  /** [n, 9] samples of the synthetic data set. */
  gaussian9d(
    seed: number,
    stream: number,
    first: number,
    kind: EnumName<'syntheticKind'>,
    out: Float32Array,
    threads: number,
    control: Int32Array,
  ): Promise<void>
  hypergeometric(
    seed: number,
    stream: number,
    replicate: number,
    out: Uint32Array,
    good: number,
    bad: number,
    draws: number,
  ): void
  /** Quantiles of the difference of two TPRs from their laws; `signs` becomes P(ξ ≤ 0) and P(ξ ≥ 0). */
  idealDifference(
    baseline: Float64Array,
    candidate: Float64Array,
    probabilities: Float64Array,
    outputs: { readonly quantiles: Float64Array; readonly signs: Float64Array },
    control: Int32Array,
  ): Promise<void>
  /** `readings` become threshold, FPR, TPR, and mean and standard error of the TPR. */
  idealTpr(
    normal: ScoreArray,
    anomalous: ScoreArray,
    definition: NativeDefinition,
    fpr: number,
    probabilities: Float64Array,
    outputs: { readonly law: Float64Array; readonly quantiles: Float64Array; readonly readings: Float64Array },
    control: Int32Array,
  ): Promise<void>
  /**
   * Two detectors and one target; see native/kernels/exact/confidence_law.h. Where `cost` exceeds the budget no law is made,
   * and without `whole` none of set 0.
   */
  makeConfidenceLaw(
    law: ConfidenceLawHandle,
    input: BootstrapArguments['input'],
    budget: number,
    whole: boolean,
    outputs: Pick<BootstrapArguments['outputs'], 'observedThresholds' | 'observedFpr' | 'observedTpr'> & {
      /** [set, 3]: mean, standard deviation, the variance of the thresholds' own part */
      readonly moments: Float64Array
      readonly cost: Float64Array
    },
    threads: number,
    control: Int32Array,
  ): Promise<void>
  multinomial(seed: number, stream: number, replicate: number, out: Uint32Array, n: number, weights: Float64Array): void
  normal(seed: number, stream: number, replicate: number, out: Float64Array, mean: number, sd: number): void
  exp(x: number): number
  expm1(x: number): number
  fewestCertified(fpr: number, delta: number): number
  log(x: number): number
  log1p(x: number): number
  normalCdf(x: number): number
  normalDensity(x: number): number
  normalQuantile(p: number): number
  /**
   * `scores` are the baseline's normal and anomalous ones, then the candidate's. `law` becomes that of n₁ξ* + n₁,
   * `readings` mean and standard error of ξ*, P(ξ* ≤ 0) and P(ξ* ≥ 0).
   */
  pairedLaw(
    scores: readonly ScoreArray[],
    definition: NativeDefinition,
    fpr: number,
    probabilities: Float64Array,
    outputs: { readonly law: Float64Array; readonly quantiles: Float64Array; readonly readings: Float64Array },
    threads: number,
    control: Int32Array,
  ): Promise<void>
  permutation(seed: number, stream: number, replicate: number, out: Uint32Array): void
  /** On the calling thread; see native/kernels/plan/planned_answers.h. */
  plannedAnswers(
    input: {
      readonly normals: NativePools
      readonly anomalies: NativePools
      readonly counts: Int32Array
      readonly starts: Float64Array
      readonly startStride: number
      readonly readings: Float64Array
      readonly draws: readonly [Float64Array, Float64Array]
      readonly familyValues: Float64Array
      readonly model: Readonly<Record<string, number | readonly number[]>>
    },
    outputs: { readonly above: Uint8Array; readonly lengths: Float64Array },
  ): void
  /** Sorts the sample in place. */
  quantiles(
    sample: ScoreArray,
    probabilities: Float64Array,
    definition: EnumName<'quantileDefinition'>,
    values: Float64Array,
    threads: number,
  ): Promise<void>
  rank(values: ScoreArray, ties: EnumName<'tieRule'>, ranks: Float64Array, threads: number): Promise<void>
  /** Runs of a baseline, then as many of a candidate; see native/kernels/bootstrap/run_confidence.h. */
  runConfidenceDraws(
    input: BootstrapArguments['input'],
    range: BootstrapArguments['range'],
    outputs: BootstrapArguments['outputs'],
    control: Int32Array,
  ): Promise<void>
  /** Of samples in groups; see native/kernels/bootstrap/group_confidence.h. */
  groupConfidenceDraws(
    input: BootstrapArguments['input'],
    groups: SampleGroups,
    baselines: number,
    range: BootstrapArguments['range'],
    outputs: BootstrapArguments['outputs'],
    control: Int32Array,
  ): Promise<void>
  /** Sets a variable of the process, of which a worker's `process.env` is only a copy, unless it has a value. */
  setDefaultEnvironment(name: string, value: string): void
  /** Sorts the values in place. */
  sort(values: ScoreArray, threads: number): Promise<void>
  /** Sorts the values in place, on the calling thread. */
  sortSync(values: ScoreArray): void
  studentTQuantile(p: number, df: number): number
  /** Sorts the scores in place. */
  thresholds(
    normal: ScoreArray,
    fprs: Float64Array,
    definition: NativeDefinition,
    taus: Float64Array,
    tolerated: Uint32Array,
    flagged: Uint32Array,
    threads: number,
  ): Promise<void>
  toleratedAlarms(fpr: number, n: number): number
  uniform(seed: number, stream: number, replicate: number, out: Float64Array, low: number, high: number): void
}

/** The addon. For src/stats, src/random and src/special.ts; everything else calls those. */
export const addon = loadAddon<Addon>()
