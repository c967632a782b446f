import { requireBetween } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { Design } from '../bootstrap/bootstrapInput.js'
import { requireSameLength } from '../bootstrap/bootstrapInput.js'
import type { DecidedEngine } from '../bootstrap/engine.js'
import { fewestAnomalies, missTarget, negated, nextBelow, toleratedMisses } from '../ranks/thresholdAtTpr.js'
import type { Direction } from './direction.js'
import { relativeBias } from './relativeBias.js'
import type { DetectorReading, RelativeBiasOptions, ScorePair } from './relativeBiasTypes.js'
import { resamplesWarnings } from './relativeBiasWarnings.js'

export interface BiasAtTprOptions
  extends Omit<RelativeBiasOptions, 'fpr' | 'threshold' | 'delta' | 'classes' | 'replicates'> {
  /** Target true-positive rate in (0, 1). Default 0.95. */
  readonly tpr?: number | undefined
}

/** The difference in false alarms of two detectors that find the same fraction of the anomalies. */
export interface BiasAtTpr {
  /** ξ = FPR(candidate) − FPR(baseline): positive when the candidate raises more false alarms. */
  readonly xi: number
  readonly baseline: DetectorReading
  readonly candidate: DetectorReading
  readonly interval: readonly [number, number]
  /** Two-sided, for ξ = 0. */
  readonly pValue: number
  readonly direction: Direction
  /** The target. */
  readonly tpr: number
  readonly level: number
  readonly resamples: number
  readonly seed: number
  readonly design: Design
  /** Samples that the baseline scored. */
  readonly nNormal: number
  readonly nAnomalous: number
  readonly engine: DecidedEngine
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
  const { tpr = 0.95, ...rest } = options
  requireBetween('tpr', tpr, 0, 1)
  const baseline = mirror('baseline', scores?.baseline)
  const candidate = mirror('candidate', scores?.candidate)
  if ((options.design ?? 'paired') === 'paired') {
    requireSameLength('candidate.normal', candidate.anomalous, 'baseline.normal', baseline.anomalous)
    requireSameLength('candidate.anomalous', candidate.normal, 'baseline.anomalous', baseline.normal)
  }
  const sizes = [baseline, candidate].map(({ normal }) => normal.length)
  const mirrored = await relativeBias({ baseline, candidate }, { ...rest, fpr: missTarget(tpr, sizes) })
  const [low, high] = mirrored.interval
  const nAnomalous = mirrored.nNormal
  const readings = [readingOf(mirrored.baseline, baseline), readingOf(mirrored.candidate, candidate)] as const
  const result = {
    xi: readings[1].observedFpr - readings[0].observedFpr,
    baseline: readings[0],
    candidate: readings[1],
    interval: [-high + 0, -low + 0] as const,
    pValue: mirrored.pValue,
    direction: opposite[mirrored.direction],
    tpr,
    level: mirrored.level,
    resamples: mirrored.resamples,
    seed: mirrored.seed,
    design: mirrored.design,
    nNormal: mirrored.nAnomalous,
    nAnomalous,
    engine: mirrored.engine,
  }
  return { ...result, warnings: warningsOf(result, sizes) }
}

const opposite = { up: 'down', down: 'up', none: 'none' } as const

/** The detector whose false alarms are the other's misses. Errors: those of `copyScores`, `NOT_A_NUMBER`. */
function mirror(name: string, pair: ScorePair | undefined): ScorePair {
  if (typeof pair !== 'object' || pair === null) {
    throw new ScoringBiasError('WRONG_TYPE', `${name} must be an object { normal, anomalous }`)
  }
  return {
    normal: negated(`${name}.anomalous`, pair.anomalous),
    anomalous: negated(`${name}.normal`, pair.normal),
  }
}

function readingOf(mirrored: DetectorReading, { normal, anomalous }: ScorePair): DetectorReading {
  const complement = (rate: number, n: number) => (n - Math.round(rate * n)) / n
  return {
    threshold: nextBelow(-mirrored.threshold),
    observedTpr: complement(mirrored.observedFpr, normal.length),
    observedFpr: complement(mirrored.observedTpr, anomalous.length),
  }
}

function warningsOf(result: Omit<BiasAtTpr, 'warnings'>, sizes: readonly number[]): string[] {
  const warnings: string[] = []
  for (const [d, name] of (['baseline', 'candidate'] as const).entries()) {
    const { observedTpr: tpr, observedFpr: fpr } = result[name]
    const n = sizes[d] ?? 0
    if (toleratedMisses(result.tpr, n) === 0) {
      warnings.push(
        `${n} anomalous scores of the ${name} are too few for tpr = ${result.tpr}: none may be missed. ` +
          `At least ${fewestAnomalies(result.tpr)} are needed`,
      )
    }
    if (tpr < fpr) {
      warnings.push(
        `the ${name} flags a larger fraction of the normals (${fpr}) than of the anomalies (${tpr}): if larger ` +
          'scores mean more normal, negate them',
      )
    }
  }
  warnings.push(...resamplesWarnings(result.resamples, result.level))
  if (result.interval[0] === result.interval[1])
    warnings.push('all resamples give the same ξ: the interval has no width, which is no sign of certainty')
  return warnings
}
