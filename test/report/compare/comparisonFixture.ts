import type {
  CandidateComparison,
  ComparedClass,
  ComparedDetector,
  Comparison,
  Rate,
  ScoreData,
} from '../../../src/compare/types.js'
import type { ScoreArray } from '../../../src/native.js'
import { relativeBias } from '../../../src/stats/bias/relativeBias.js'
import { relativeBiasCurve } from '../../../src/stats/bias/relativeBiasCurve.js'
import type { ThresholdRule } from '../../../src/stats/ranks/thresholdRule.js'
import { normals } from '../../stats/samples.js'

/** Wilson's interval: what the report prints is not its own to compute. */
function rateOf(rate: number, n: number): Rate {
  const z = 1.96
  const centre = (rate + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z * Math.sqrt((rate * (1 - rate)) / n + (z / (2 * n)) ** 2)) / (1 + (z * z) / n)
  return { n, rate, interval: [Math.max(0, centre - half), Math.min(1, centre + half)] }
}

export interface FixtureOptions {
  readonly fpr?: number
  readonly thresholdRule?: ThresholdRule
  readonly curve?: boolean
  readonly warnings?: readonly string[]
}

/** A comparison of the detectors in `data`, put together from the library's own answers. */
export async function comparisonOf(data: ScoreData, options: FixtureOptions = {}): Promise<Comparison> {
  const { fpr = 0.05, thresholdRule = 'inverse-cdf', curve = false, warnings = [] } = options
  const pair = (d: number) => ({
    normal: data.validation[d] ?? new Float64Array(),
    anomalous: data.anomalous[d] ?? new Float64Array(),
  })
  const shared = { fpr, thresholdRule, resamples: 500, seed: 1 }
  const detector = (d: number, reading: { threshold: number; observedFpr: number }): ComparedDetector => {
    const { normal, anomalous } = pair(d)
    const ties = (scores: ScoreArray) => scores.filter((score) => score === reading.threshold).length
    return {
      name: data.detectors[d] ?? '',
      threshold: reading.threshold,
      validationFpr: rateOf(reading.observedFpr, normal.length),
      ties: { normal: ties(normal), anomalous: ties(anomalous) },
    }
  }
  const candidates: CandidateComparison[] = []
  let baseline: ComparedDetector | undefined
  let answered: Awaited<ReturnType<typeof relativeBias>> | undefined
  for (let d = 1; d < data.detectors.length; d++) {
    const scores = { baseline: pair(0), candidate: pair(d) }
    const bias = await relativeBias(scores, { ...shared, classes: data.classes })
    answered = bias
    baseline = detector(0, bias.baseline)
    const classes = bias.classes.map(
      (one): ComparedClass => ({
        ...one,
        tprBaseline: rateOf(one.tprBaseline, one.n),
        tprCandidate: rateOf(one.tprCandidate, one.n),
        enough: one.direction === 'none' ? 3 * one.n : undefined,
      }),
    )
    candidates.push({
      candidate: detector(d, bias.candidate),
      classes,
      overall: {
        name: 'all anomalies',
        n: bias.nAnomalous,
        tprBaseline: rateOf(bias.baseline.observedTpr, bias.nAnomalous),
        tprCandidate: rateOf(bias.candidate.observedTpr, bias.nAnomalous),
        xi: bias.xi,
        interval: bias.interval,
        simultaneous: bias.interval,
        pValue: bias.pValue,
        pAdjusted: bias.pValue,
        direction: bias.direction,
      },
      curve: curve ? await relativeBiasCurve(scores, { thresholdRule, resamples: 300, seed: 1 }) : undefined,
    })
  }
  if (baseline === undefined || answered === undefined) throw new RangeError('a comparison takes two detectors')
  return {
    source: data.source,
    fpr,
    thresholdRule,
    level: 0.95,
    intervalMethod: 'bca',
    resamples: 500,
    seed: 1,
    engine: answered.engine,
    multiplicity: 'joint',
    nNormal: answered.nNormal,
    nAnomalous: answered.nAnomalous,
    baseline,
    candidates,
    warnings,
    elapsedSeconds: 0.25,
  }
}

const shifts = { 'bearing wear': [1.2, 2.4], imbalance: [2.1, 2.2], 'loose bolt': [2.3, 1.2] } as const

/**
 * Scores of two detectors that share half of their variance: the candidate finds more bearing wear and fewer loose bolts.
 */
export function syntheticScores(nNormal = 800, nClass = 120): ScoreData {
  const blend = (a: Float64Array, b: Float64Array, shift: number) =>
    a.map((x, i) => 0.7 * x + 0.7 * (b[i] ?? 0) + shift)
  const names = Object.keys(shifts)
  const all = names.length * nClass
  const [x0, y0, x1, y1] = [normals(nNormal, 1), normals(nNormal, 2), normals(all, 3), normals(all, 4)]
  const classes = Array.from({ length: all }, (_, i) => names[i % names.length] ?? '')
  const shift = (i: number, d: 0 | 1) => Object.values(shifts)[i % names.length]?.[d] ?? 0
  const candidate = blend(x1, y1, 0).map((x, i) => x + shift(i, 1))
  return {
    source: 'scores.csv',
    detectors: ['isolation forest', 'retrained'],
    validation: [x0, blend(x0, y0, 0).map((x) => Math.exp(2 * x))],
    anomalous: [x1.map((x, i) => x + shift(i, 0)), candidate.map((x) => Math.exp(2 * x))],
    classes,
  }
}
