import type { ComparedClass, ComparedDetector, Comparison, TargetsComparison } from '../../compare/types.js'
import type { GateAnswer, Verdict } from '../../stats/bias/gate.js'
import type { MixedBias } from '../../stats/bias/mix.js'
import type { RelativeBiasCurve } from '../../stats/bias/relativeBiasCurve.js'
import { requireAnswer } from '../requireAnswer.js'
import { type WithSchema, withSchema } from '../schemaNames.js'

/** A detector in `compare --json`. */
export interface DetectorJson extends Omit<ComparedDetector, 'validationFpr'> {
  readonly validationFpr: number
  readonly validationFprInterval: readonly [number, number]
}

/** ξ on one class in `compare --json`: rates as numbers, their intervals apart. */
export interface ClassJson extends Omit<ComparedClass, 'tprBaseline' | 'tprCandidate' | 'enough' | 'gate'> {
  readonly tprBaseline: number
  readonly tprCandidate: number
  readonly tprBaselineInterval: readonly [number, number]
  readonly tprCandidateInterval: readonly [number, number]
  /** null where no number of samples would be enough. */
  readonly enough?: number | null | undefined
  readonly gate?: GateJson | undefined
}

/** The answer of a gate in JSON. */
export interface GateJson extends Omit<GateAnswer, 'enough'> {
  /** null where no number of samples would be enough. */
  readonly enough?: number | null | undefined
}

/** A candidate in `compare --json`. */
export interface CandidateJson {
  readonly candidate: DetectorJson
  readonly classes: readonly ClassJson[]
  readonly overall: ClassJson
  readonly curve?: RelativeBiasCurve | undefined
  readonly verdict?: Verdict | undefined
  readonly mix?: MixedBias | undefined
}

/** What `scoring-bias compare --json` prints: one candidate at the top level, several as a list. */
export type CompareJson = WithSchema &
  Omit<Comparison, 'baseline' | 'candidates' | 'resamples' | 'seed'> & {
    readonly baseline: DetectorJson
    /** null where nothing was drawn. */
    readonly resamples: number | null
    readonly seed: number | null
  } & (CandidateJson | { readonly candidates: readonly CandidateJson[] })

/** What it prints of several targets. */
export interface CompareTargetsJson extends WithSchema {
  /** In the order of the targets. */
  readonly targets: readonly CompareJson[]
  /** Of the gate, where a margin is given: at all targets. */
  readonly verdict?: Verdict
}

/**
 * A comparison as plain data for `JSON.stringify`, by the schema `compare-1`; comparisons at several targets (`compareTargets`) by
 * `compare-targets-1`, at a single one by that of a comparison.
 */
export function compareJson(comparison: Comparison): CompareJson
export function compareJson(comparison: Comparison | TargetsComparison): CompareJson | CompareTargetsJson
export function compareJson(comparison: Comparison | TargetsComparison): CompareJson | CompareTargetsJson {
  requireAnswer('compareJson', comparison, 'compare', 'compareTargets')
  if (!('targets' in comparison)) return jsonOf(comparison)
  const { targets, verdict } = comparison
  const [only] = targets
  if (only !== undefined && targets.length === 1) return jsonOf(only)
  return withSchema('compare-targets', {
    targets: targets.map(jsonOf),
    ...(verdict === undefined ? {} : { verdict }),
  })
}

function jsonOf(comparison: Comparison): CompareJson {
  const { fpr, level, intervalMethod, resamples = null, seed = null, engine, nNormal, ...rest } = comparison
  const { baseline, candidates, ...extras } = rest
  const head = { fpr, level, intervalMethod, resamples, seed, engine, nNormal, baseline: detectorJson(baseline) }
  const answers = candidates.map(({ candidate, classes, overall, curve, verdict, mix }) => ({
    candidate: detectorJson(candidate),
    classes: classes.map(classJson),
    overall: classJson(overall),
    curve,
    ...(verdict === undefined ? {} : { verdict }),
    ...(mix === undefined ? {} : { mix }),
  }))
  const [only] = answers
  const found = only !== undefined && answers.length === 1 ? only : { candidates: answers }
  return withSchema('compare', { ...head, ...found, ...extras })
}

function detectorJson({ name, threshold, validationFpr, testFpr, testPValue, ties }: ComparedDetector): DetectorJson {
  const { rate, interval } = validationFpr
  return { threshold, validationFpr: rate, name, validationFprInterval: interval, ties, testFpr, testPValue }
}

function classJson({ tprBaseline, tprCandidate, enough, gate, ...one }: ComparedClass): ClassJson {
  const { name, n, ...numbers } = one
  return {
    name,
    n,
    tprBaseline: tprBaseline.rate,
    tprCandidate: tprCandidate.rate,
    ...numbers,
    tprBaselineInterval: tprBaseline.interval,
    tprCandidateInterval: tprCandidate.interval,
    enough: finite(enough),
    ...(gate === undefined ? {} : { gate: { ...gate, enough: finite(gate.enough) } }),
  }
}

/** JSON has no infinity. */
export function finite(count: number | undefined): number | null | undefined {
  return count === Number.POSITIVE_INFINITY ? null : count
}
