import { biasDefaults } from '../../biasDefaults.js'
import { at, numbers, type OptionChecks, oneOf, requireOptions } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { copyInput, type Design, designs } from '../bootstrap/bootstrapInput.js'
import type { DrawnBy } from '../bootstrap/engine.js'
import { toleratedAlarms } from '../ranks/thresholdRule.js'
import { jointly } from './families.js'
import { type BiasOptions, biasChecks } from './options.js'
import { answerOf, detectorsOf, pairNameOf } from './relativeBias.js'
import { pairEvidence } from './replicates.js'
import { setBias } from './setBias.js'
import type { BiasAnswer, ScorePair } from './types.js'
import {
  counted,
  familyWarnings,
  fewestNormals,
  replacedWarnings,
  resamplesWarnings,
  undecidedWarning,
} from './warnings.js'

export interface RelativeBiasCurveOptions extends Omit<BiasOptions, 'fpr'> {
  /** Target false-positive rates, each in (0, 1), in any order. Default 0.005, 0.010, …, 0.5. */
  readonly fprs?: readonly number[] | Float64Array | undefined
  /** Whether both detectors scored the same samples, position by position. Default `paired`. */
  readonly design?: Design | undefined
  /** Number of bootstrap replicates, 2 to 2³¹ − 1. Default 2,000. */
  readonly resamples?: number | undefined
}

/** The relative scoring bias at one target false-positive rate; the targets make one family. */
export interface CurvePoint extends BiasAnswer {
  /** The target. */
  readonly fpr: number
  readonly thresholdBaseline: number
  readonly thresholdCandidate: number
  readonly tprBaseline: number
  readonly tprCandidate: number
  /** The standard deviation of the replicates or draws of ξ. */
  readonly standardError: number
}

export interface RelativeBiasCurve {
  /** In the order of `fprs`. */
  readonly points: readonly CurvePoint[]
  readonly level: number
  readonly resamples: number
  readonly seed: number
  readonly design: Design
  /** The engine used, or `confidence`. */
  readonly engine: DrawnBy
  /** Samples that the baseline scored; in the paired design the candidate scored the same. */
  readonly nNormal: number
  readonly nAnomalous: number
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
}

/** The targets where none are given. */
export const defaultFprs = Float64Array.from({ length: 100 }, (_, f) => (f + 1) / 200)

/** A band needs fewer replicates than an interval's tail. */
export const curveDefaults = { ...biasDefaults, fprs: defaultFprs, resamples: 2000, design: 'paired' } as const

const { fpr: _, ...ownChecks } = biasChecks
const checks: OptionChecks<RelativeBiasCurveOptions> = {
  ...ownChecks,
  fprs: numbers,
  design: oneOf('design', designs),
}

/**
 * The relative scoring bias ξ(fpr) as a curve over target false-positive rates, with pointwise intervals and a
 * simultaneous band.
 *
 * Every draw, or replicate, is read at all targets ({@link bootstrap}), so the points share its chance, as the band
 * needs: one level for all targets, see {@link simultaneous}. With an interval method of the bootstrap a point is what
 * {@link relativeBias} says of that target with the same seed, resamples and the `direct` engine, except that `direction`
 * follows the band; draws of the confidence distribution differ by their chance. The band holds at the targets
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
  const asked = { ...curveDefaults, ...requireOptions('relativeBiasCurve', options, checks) }
  const { level, resamples, seed, design } = asked
  const input = copyInput(detectorsOf(scores), asked, pairNameOf)
  if (input.fprs.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'fprs is empty: at least one is needed')
  const evidence = await pairEvidence(input, asked, pairNameOf)
  const { result } = evidence
  const biases = Array.from(input.fprs, (_, f) => setBias(evidence, { f, k: 0 }, asked))
  const answers = at(jointly([biases], { level, shared: true }), 0)
  const points = answers.map((answer, f): CurvePoint => {
    const { tprBaseline, tprCandidate, standardError } = answer
    return {
      fpr: at(input.fprs, f),
      thresholdBaseline: at(result.observed.thresholds, 2 * f),
      thresholdCandidate: at(result.observed.thresholds, 2 * f + 1),
      tprBaseline,
      tprCandidate,
      standardError,
      ...answerOf(answer),
    }
  })
  return {
    points,
    level,
    resamples,
    seed,
    design,
    engine: result.engine,
    nNormal: at(input.normal, 0).length,
    nAnomalous: at(biases, 0).n,
    warnings: [
      ...targetWarnings(input.fprs, Math.min(...input.normal.map(({ length }) => length))),
      ...resamplesWarnings(asked),
      ...familyWarnings(answers, asked),
      ...replacedWarnings(
        biases.map((bias, f) => [bias, `fpr = ${at(input.fprs, f)}`] as const),
        asked.intervalMethod,
      ),
    ],
  }
}

function targetWarnings(fprs: Float64Array, nNormal: number): string[] {
  const tooFew = Array.from(fprs).filter((fpr) => toleratedAlarms(fpr, nNormal) === 0)
  if (tooFew.length === 0) return []
  const least = tooFew.reduce((a, b) => Math.min(a, b))
  return [
    undecidedWarning(
      counted(nNormal, 'validation normal'),
      `${tooFew.length} of ${counted(fprs.length, 'target')}, from fpr = ${least} on`,
      { of: 'false alarm', least: counted(fewestNormals(least), 'validation normal') },
    ),
  ]
}
