import { requireBetween, requireInteger } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { JobOptions } from '../../job.js'
import type { OnProgress } from '../../progress.js'
import { bootstrapInput } from '../bootstrap/bootstrap.js'
import { copyInput, type Design } from '../bootstrap/bootstrapInput.js'
import type { DecidedEngine, Engine } from '../bootstrap/engine.js'
import { type ThresholdRule, toleratedAlarms } from '../ranks/thresholdRule.js'
import { type Direction, direction } from './direction.js'
import { nameOf, pairOf } from './relativeBias.js'
import type { ScorePair } from './relativeBiasTypes.js'
import { fewestNormals, resamplesWarnings } from './relativeBiasWarnings.js'
import { at, jointly, setBias } from './setBias.js'

export interface RelativeBiasCurveOptions extends JobOptions {
  /** Target false-positive rates, each in (0, 1), in any order. Default 0.005, 0.010, …, 0.5. */
  readonly fprs?: readonly number[] | Float64Array | undefined
  /** How thresholds are read off normal scores. Default `inverse-cdf`; see {@link threshold}. */
  readonly thresholdRule?: ThresholdRule | undefined
  /** Of the threshold `certified`: δ in (0, 1). Default 0.05. */
  readonly delta?: number | undefined
  /** Whether both detectors scored the same samples, position by position. Default `paired`. */
  readonly design?: Design | undefined
  /** Number of bootstrap replicates, 2 to 2³¹ − 1. Default 2,000. */
  readonly resamples?: number | undefined
  /** Confidence level in (0, 1). Default 0.95. */
  readonly level?: number | undefined
  /** Integer in [0, 2⁵³); decides every bit of the result. Default 0. */
  readonly seed?: number | undefined
  /** Default `auto`; see {@link Engine}. */
  readonly engine?: Engine | undefined
  readonly onProgress?: OnProgress | undefined
}

/** The relative scoring bias at one target false-positive rate. */
export interface CurvePoint {
  /** The target. */
  readonly fpr: number
  readonly thresholdBaseline: number
  readonly thresholdCandidate: number
  readonly tprBaseline: number
  readonly tprCandidate: number
  readonly xi: number
  /** The standard deviation of the replicates of ξ, or what stands in for it: see {@link simultaneous}. */
  readonly standardError: number
  /** BCa, for this target alone. */
  readonly interval: readonly [number, number]
  /** Two-sided, for ξ = 0, for this target alone. */
  readonly pValue: number
  /** The band at this target: it holds at all targets at once. */
  readonly simultaneous: readonly [number, number]
  /** Two-sided, for ξ = 0, adjusted for the number of targets. */
  readonly pAdjusted: number
  /** Of the band. */
  readonly direction: Direction
}

export interface RelativeBiasCurve {
  /** In the order of `fprs`. */
  readonly points: readonly CurvePoint[]
  readonly level: number
  readonly resamples: number
  readonly seed: number
  readonly design: Design
  /** The engine used. */
  readonly engine: DecidedEngine
  /** Samples that the baseline scored; in the paired design the candidate scored the same. */
  readonly nNormal: number
  readonly nAnomalous: number
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
}

/** The targets where none are given. */
export const defaultFprs = Float64Array.from({ length: 100 }, (_, f) => (f + 1) / 200)

/**
 * The relative scoring bias ξ(fpr) as a curve over target false-positive rates, with pointwise intervals and a
 * simultaneous band.
 *
 * Every replicate is one resample read at all targets ({@link bootstrap}), so the points share its chance, as the band
 * needs: max-|t| over the targets, see {@link simultaneous}. A point is what {@link relativeBias} says of that target
 * with the same seed, resamples and the `direct` engine, except that `direction` follows the band. BCa for the
 * pointwise intervals, as there; the jackknife of every target costs O(n) and no resample. The band holds at the targets
 * asked for: between two of them ξ can leave it, as recall only jumps where a threshold passes a score.
 *
 * Memory: resamples × targets × 2 float64 for the replicates' recalls, 3.2 MB by default, another 4.8 MB while the points
 * are answered for, and what {@link bootstrap} takes. Time: that of {@link bootstrap}, and per target one sort of
 * the replicates.
 *
 * Errors: `EMPTY_SAMPLE` (no targets, too), `LENGTH_MISMATCH`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`,
 * `UNKNOWN_NAME`, `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const baseline = { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.of(3, 5, 2) }
 * const candidate = { normal: Float64Array.of(2, 1, 4, 3), anomalous: Float64Array.of(5, 6, 4) }
 * const { points } = await relativeBiasCurve({ baseline, candidate }, { fprs: [0.25, 0.5] })
 */
export async function relativeBiasCurve(
  scores: { readonly baseline: ScorePair; readonly candidate: ScorePair },
  options: RelativeBiasCurveOptions = {},
): Promise<RelativeBiasCurve> {
  const { level = 0.95, seed = 0, design = 'paired', thresholdRule, delta, engine } = options
  const resamples = requireInteger('resamples', options.resamples ?? 2000, 2, 2 ** 31 - 1)
  requireBetween('level', level, 0, 1)
  const pairs = [pairOf('baseline', scores?.baseline), pairOf('candidate', scores?.candidate)]
  const input = copyInput(pairs, { design, thresholdRule, delta, fprs: options.fprs ?? defaultFprs }, nameOf)
  if (input.fprs.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'fprs is empty: at least one is needed')
  const result = await bootstrapInput(
    input,
    {
      resamples,
      seed,
      engine,
      contrast: [-1, 1],
      outputs: { thresholds: false },
      threads: options.threads,
      signal: options.signal,
      onProgress: options.onProgress,
    },
    nameOf,
  )
  const [n = 0, nCandidate = 0] = input.anomalous.map(([all]) => all?.length)
  const answers = Array.from(input.fprs, (_, f) =>
    setBias(result, f, 0, { method: 'bca', level, design, n, nCandidate }),
  )
  const joint = jointly(answers, design, level)
  const points = joint.map(({ bias, interval: simultaneous, pAdjusted, standardError }, f): CurvePoint => {
    const { tprBaseline, tprCandidate, xi, interval, pValue } = bias
    return {
      fpr: at(input.fprs, f),
      thresholdBaseline: at(result.observed.thresholds, 2 * f),
      thresholdCandidate: at(result.observed.thresholds, 2 * f + 1),
      tprBaseline,
      tprCandidate,
      xi,
      standardError,
      interval,
      pValue,
      simultaneous,
      pAdjusted,
      direction: direction(simultaneous),
    }
  })
  const [nNormal = 0, nNormalCandidate = 0] = input.normal.map(({ length }) => length)
  const degenerate = points.filter((_, f) => joint[f]?.degenerate).map(({ fpr }) => fpr)
  return {
    points,
    level,
    resamples,
    seed,
    design,
    engine: result.engine,
    nNormal,
    nAnomalous: n,
    warnings: [
      ...targetWarnings(input.fprs, Math.min(nNormal, nNormalCandidate)),
      ...resamplesWarnings(resamples, level),
      ...degenerateWarnings(degenerate),
    ],
  }
}

function targetWarnings(fprs: Float64Array, nNormal: number): string[] {
  const tooFew = Array.from(fprs).filter((fpr) => toleratedAlarms(fpr, nNormal) === 0)
  if (tooFew.length === 0) return []
  const least = tooFew.reduce((a, b) => Math.min(a, b))
  return [
    `${nNormal} normal scores are too few for ${tooFew.length} of the ${fprs.length} targets, from fpr = ${least} on: ` +
      `none may exceed the threshold there. At least ${fewestNormals(least)} are needed`,
  ]
}

function degenerateWarnings(fprs: readonly number[]): string[] {
  if (fprs.length === 0) return []
  return [
    `resamples vary ξ less than one sample would at ${fprs.length} of the targets (fpr = ${list(fprs)}): that the ` +
      'interval there is so short is no sign of certainty. The band comes from the number of samples instead',
  ]
}

function list(values: readonly number[]): string {
  return values.length <= 5 ? values.join(', ') : `${values.slice(0, 5).join(', ')}, …`
}
