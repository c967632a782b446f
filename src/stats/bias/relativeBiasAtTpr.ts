import { biasDefaults } from '../../biasDefaults.js'
import { at, between, invariant, type OptionChecks, oneOf, requireOptions } from '../../check.js'
import { type Design, type DetectorScores, designs } from '../bootstrap/bootstrapInput.js'
import type { Exceedances } from '../exceedances.js'
import { missTarget, negated, nextBelow } from '../ranks/thresholdAtTpr.js'
import { nativeDefinition } from '../ranks/thresholdRule.js'
import type { AnsweredBy } from './biasEngine.js'
import { estimateBias } from './estimate.js'
import { type BiasOptions, biasChecks } from './options.js'
import { detectorsOf, pairNameOf, pairNames } from './relativeBias.js'
import type { BiasAnswer, DetectorReading, ScorePair } from './types.js'
import {
  chanceWarnings,
  countsAt,
  fewAlarmsWarnings,
  replacedWarnings,
  resamplesWarnings,
  undecidedWarnings,
} from './warnings.js'

/** Options of {@link relativeBiasAtTpr}. */
export interface BiasAtTprOptions extends Omit<BiasOptions, 'fpr' | 'thresholdRule' | 'delta'> {
  /** Target true-positive rate in (0, 1). Default 0.95. */
  readonly tpr?: number | undefined
  /** Whether both detectors scored the same samples, position by position. Default `paired`. */
  readonly design?: Design | undefined
}

const atTprDefaults = { ...biasDefaults, tpr: 0.95, design: 'paired' } as const

const { fpr: _, thresholdRule: __, delta: ___, ...ownChecks } = biasChecks
const checks: OptionChecks<BiasAtTprOptions> = { ...ownChecks, tpr: between(0, 1), design: oneOf('design', designs) }

/**
 * The difference in false alarms of two detectors that find the same fraction of the anomalies:
 * ξ = FPR(candidate) − FPR(baseline), positive when the candidate raises more.
 */
export interface BiasAtTpr extends BiasAnswer {
  readonly baseline: DetectorReading
  readonly candidate: DetectorReading
  /** The target. */
  readonly tpr: number
  readonly level: number
  /** Undefined where nothing was drawn. */
  readonly resamples: number | undefined
  readonly seed: number | undefined
  readonly design: Design
  /** Samples that the baseline scored. */
  readonly nNormal: number
  readonly nAnomalous: number
  readonly engine: AnsweredBy
  readonly warnings: readonly string[]
}

/**
 * The relative scoring bias at a fixed true-positive rate: how many more false alarms one detector raises than another
 * when both find the same fraction of the anomalies.
 *
 * ξ = FPR(s′, τ′) − FPR(s, τ), each threshold the largest τ whose TPR on the detector's anomalous scores is at least the
 * target, see {@link thresholdAtTpr} (Ye, Chen and Zheng, IJCAI 2021, Appendix B: the roles of normal and anomalous
 * exchanged).
 *
 * Interval, p-value, engines, cost and errors are those of {@link relativeBias}, of which this is the mirror image: the
 * scores are negated and the classes exchanged.
 *
 * @example
 * const baseline = { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.of(3, 5, 2) }
 * const candidate = { normal: Float64Array.of(2, 1, 4, 3), anomalous: Float64Array.of(5, 6, 4) }
 * const { xi, interval } = await relativeBiasAtTpr({ baseline, candidate }, { tpr: 0.66, seed: 1 })
 */
export async function relativeBiasAtTpr(
  scores: { readonly baseline: ScorePair; readonly candidate: ScorePair },
  options: BiasAtTprOptions = {},
): Promise<BiasAtTpr> {
  const asked = { ...atTprDefaults, ...requireOptions('relativeBiasAtTpr', options, checks) }
  const { tpr, level, design } = asked
  const mirrored = detectorsOf(scores).map(mirror)
  const sizes = mirrored.map(({ normal }) => normal.length)
  const compared = { detectors: mirrored, labels: undefined, nameOf: mirroredNameOf }
  const estimate = await estimateBias(compared, { ...asked, fpr: missTarget(tpr, sizes) })
  const { overall } = at(estimate.candidates, 0)
  const [baseline, candidate] = pairNames.map((_, d) => readingOf(at(estimate.readings, d), at(mirrored, d)))
  invariant(baseline !== undefined && candidate !== undefined, 'a pair has two detectors')
  const result = {
    xi: candidate.observedFpr - baseline.observedFpr,
    baseline,
    candidate,
    interval: negative(overall.interval),
    pValue: overall.pValue,
    simultaneous: negative(overall.joint.interval),
    pAdjusted: overall.joint.pAdjusted,
    direction: opposite[overall.direction],
    tpr,
    level,
    resamples: estimate.resamples,
    seed: estimate.seed,
    design,
    nNormal: overall.n,
    nAnomalous: at(sizes, 0),
    engine: estimate.engine,
  }
  const replaced = replacedWarnings([[overall, 'all normals']], asked.intervalMethod)
  const { intervalMethod } = asked
  const target = {
    kind: 'tpr',
    value: tpr,
    definition: nativeDefinition(undefined, undefined),
    intervalMethod,
  } as const
  const chance = pairNames.flatMap((name, d) =>
    chanceWarnings({ name, ...result[name], counts: countsOf(at(mirrored, d), at(estimate.readings, d)) }),
  )
  const undecided = [...new Set(sizes)].flatMap((n) => undecidedWarnings(target, n))
  const few = fewAlarmsWarnings('tpr', [tpr], Math.min(...sizes), intervalMethod)
  return { ...result, warnings: [...undecided, ...few, ...chance, ...resamplesWarnings(result), ...replaced] }
}

const opposite = { up: 'down', down: 'up', none: 'none' } as const

/** Of −ξ; −0 becomes 0. */
function negative([low, high]: readonly [number, number]): readonly [number, number] {
  return [-high + 0, -low + 0]
}

/** The detector whose false alarms are the other's misses. Errors: those of `copyScores`, `NOT_A_NUMBER`. */
function mirror({ normal, anomalous: [anomalous] }: DetectorScores, d: number): DetectorScores {
  return {
    normal: negated(pairNameOf(d, 1), anomalous),
    anomalous: [negated(pairNameOf(d, 0), normal)],
  }
}

function mirroredNameOf(d: number, set: number): string {
  return pairNameOf(d, set === 0 ? 1 : 0)
}

function readingOf(mirrored: DetectorReading, { normal, anomalous }: DetectorScores): DetectorReading {
  const complement = (rate: number, n: number) => (n - Math.round(rate * n)) / n
  return {
    threshold: nextBelow(-mirrored.threshold),
    observedTpr: complement(mirrored.observedFpr, normal.length),
    observedFpr: complement(mirrored.observedTpr, at(anomalous, 0).length),
  }
}

/** How a threshold that anomalies set splits them and the normals; in the mirror image what is missed lies above it. */
function countsOf({ normal, anomalous }: DetectorScores, { threshold }: DetectorReading): Exceedances {
  const others = at(anomalous, 0)
  const [{ above, equal }, other] = [countsAt(normal, threshold), countsAt(others, threshold)]
  return { above, equal, n: normal.length, otherAbove: other.above, otherEqual: other.equal, nOther: others.length }
}
