import { biasDefaults } from '../../biasDefaults.js'
import { at, numbers, type OptionChecks, oneOf, requireOptions } from '../../check.js'
import { counted } from '../../counted.js'
import { ScoringBiasError } from '../../errors.js'
import type { BootstrapArguments } from '../../native.js'
import { copyInput, type Design, designs } from '../bootstrap/bootstrapInput.js'
import type { IntervalMethod } from '../bootstrap/bootstrapInterval.js'
import { emptySide } from '../ranks/thresholdRule.js'
import type { AnsweredBy } from './biasEngine.js'
import { jointly } from './families.js'
import { type BiasOptions, biasChecks } from './options.js'
import { answerOf, detectorsOf, pairNameOf } from './relativeBias.js'
import { pairEvidence } from './replicates.js'
import { setBias } from './setBias.js'
import type { BiasAnswer, ScorePair } from './types.js'
import {
  familyWarnings,
  fewAlarmsWarnings,
  replacedWarnings,
  resamplesWarnings,
  undecidedWarnings,
} from './warnings.js'

/** Options of `relativeBiasCurve`. */
export interface RelativeBiasCurveOptions extends Omit<BiasOptions, 'fpr'> {
  /** Target false-positive rates, each in (0, 1), in any order. Default 0.005, 0.010, …, 0.5. */
  readonly fprs?: readonly number[] | Float64Array | undefined
  /** Whether both detectors scored the same samples, position by position. Default `paired`. */
  readonly design?: Design | undefined
  /** Number of draws or bootstrap replicates, 2 to 2³¹ − 1. Default 5,000 of `confidence`, 2,000 of other methods. */
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

/** What `relativeBiasCurve` answers. */
export interface RelativeBiasCurve {
  /** In the order of `fprs`. */
  readonly points: readonly CurvePoint[]
  readonly level: number
  readonly resamples: number
  readonly seed: number
  readonly design: Design
  /** The engine used, or `confidence`. */
  readonly engine: AnsweredBy
  /** Samples that the baseline scored; in the paired design the candidate scored the same. */
  readonly nNormal: number
  readonly nAnomalous: number
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
}

/** The targets where none are given. */
export const defaultFprs = Float64Array.from({ length: 100 }, (_, f) => (f + 1) / 200)

const curveDefaults = { ...biasDefaults, fprs: defaultFprs, design: 'paired' } as const

/**
 * Draws or replicates of a curve where the caller does not say: fewer than for one target, as each is read at a hundred. 5,000
 * show adjusted p-values below 0.01 there, 2,000 below 0.02.
 */
export function curveResamples(method: IntervalMethod): number {
  return method === 'confidence' ? 5000 : 2000
}

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
 * Memory: resamples × targets × 3 float64 for the draws, 12 MB by default, as much again while the points
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
  const given = { ...curveDefaults, ...requireOptions('relativeBiasCurve', options, checks) }
  const asked = { ...given, resamples: options.resamples ?? curveResamples(given.intervalMethod) }
  const { level, resamples, seed, design } = asked
  if (asked.engine === 'exact') {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      "engine 'exact' does not cover a curve, whose targets share their replicates. Use the engine 'tree'",
    )
  }
  const input = copyInput(detectorsOf(scores), asked, pairNameOf)
  if (input.fprs.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'fprs is empty: at least one is needed')
  const evidence = await pairEvidence(input, { ...asked, drawn: true }, pairNameOf)
  const { result } = evidence
  const biases = Array.from(input.fprs, (_, f) => setBias(evidence, { f, k: 0 }, asked))
  const answers = at(await jointly([biases], { level, shared: true }), 0)
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
      ...targetWarnings(input, asked.intervalMethod),
      ...fewAlarmsWarnings(
        'fpr',
        input.fprs,
        Math.min(...input.normal.map(({ length }) => length)),
        asked.intervalMethod,
      ),
      ...resamplesWarnings(asked),
      ...familyWarnings(answers, asked),
      ...replacedWarnings(
        biases.map((bias, f) => [bias, `fpr = ${at(input.fprs, f)}`] as const),
        asked.intervalMethod,
      ),
    ],
  }
}

/** Of the targets nearest to 0 and 1 that the normals cannot reach. */
function targetWarnings(
  { fprs, normal, definition }: BootstrapArguments['input'],
  intervalMethod: IntervalMethod,
): string[] {
  const n = Math.min(...normal.map(({ length }) => length))
  return (['flagged', 'passed'] as const).flatMap((side) => {
    const beyond = fprs.filter((fpr) => emptySide(fpr, n, definition) === side)
    if (beyond.length === 0) return []
    const value = side === 'flagged' ? Math.min(...beyond) : Math.max(...beyond)
    const reach = side === 'flagged' ? `from fpr = ${value} on` : `up to fpr = ${value}`
    const name = `${beyond.length} of ${counted(fprs.length, 'target')}, ${reach}`
    return undecidedWarnings({ kind: 'fpr', value, definition, intervalMethod, name }, n)
  })
}
