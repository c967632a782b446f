import { type IntervalMethod, relativeBias } from '../src/index.js'
import * as random from '../src/rooms/random.js'
import * as theory from '../src/rooms/theory.js'
import { normalDensity, normalQuantile } from '../src/special.js'
import { bothAbove } from '../src/theory/binormalPair.js'

/** What is planned, and the law that the scores then come from: Gaussian, normals N(0, 1) for both detectors. */
export interface PlannedCase {
  readonly fpr: number
  readonly tprBaseline: number
  readonly xi: number
  /** Correlation of both detectors' scores over the normals, and over the anomalies. */
  readonly correlation: number
  /** The standard deviations of the anomalies' scores are 1 for the baseline and this for the candidate. */
  readonly sd: number
  readonly classes: number
  readonly nNormal: number
  /** Of each class. */
  readonly nAnomalous: number
  readonly method: IntervalMethod
}

export interface PlannedPower extends PlannedCase {
  readonly number: number
  readonly dataSets: number
  readonly predicted: { readonly power: number; readonly halfWidth: number }
  /** What the first-order formula of one interval says. */
  readonly firstOrder: number
  /** Arrows that point the right way, of those of all classes, with the standard error over data sets. */
  readonly simulated: { readonly power: number; readonly error: number; readonly halfWidth: number }
}

const typical = {
  fpr: 0.05,
  tprBaseline: 0.4,
  xi: 0.2,
  correlation: 0.5,
  sd: 1,
  classes: 1,
  method: 'confidence',
} as const

/** Numbers as they were once planned for a power of 0.8. */
export const plannedCases: readonly PlannedCase[] = [
  { ...typical, nNormal: 365, nAnomalous: 203 },
  { ...typical, correlation: 0, nNormal: 469, nAnomalous: 281 },
  { ...typical, classes: 5, nNormal: 735, nAnomalous: 183 },
  { ...typical, fpr: 0.01, tprBaseline: 0.3, xi: 0.15, nNormal: 1756, nAnomalous: 532 },
  { ...typical, fpr: 0.2, tprBaseline: 0.6, xi: 0.15, correlation: 0.8, classes: 10, nNormal: 554, nAnomalous: 162 },
  { ...typical, tprBaseline: 0.3, sd: 1 / 3, nNormal: 1570, nAnomalous: 355 },
  { ...typical, tprBaseline: 0.9, xi: -0.15, nNormal: 288, nAnomalous: 189 },
  { ...typical, xi: 0.3, nNormal: 200, nAnomalous: 68 },
  { ...typical, xi: 0.3, classes: 5, nNormal: 1971, nAnomalous: 50 },
  { ...typical, nNormal: 300, nAnomalous: 352 },
  { ...typical, method: 'percentile', nNormal: 365, nAnomalous: 203 },
  { ...typical, method: 'bca', nNormal: 365, nAnomalous: 203 },
]

/** The rates that the law of a case has. */
export function ratesOf({ fpr, tprBaseline, xi, correlation, sd }: PlannedCase): theory.ExpectedRates {
  const [z, tprCandidate] = [normalQuantile(fpr), tprBaseline + xi]
  const flags = (p: number, q: number) =>
    (bothAbove(-normalQuantile(p), -normalQuantile(q), correlation) - p * q) / Math.sqrt(p * (1 - p) * q * (1 - q))
  const slope = (tpr: number) => normalDensity(normalQuantile(tpr)) / normalDensity(z)
  return {
    ...{ fpr, tprBaseline, tprCandidate, slopeBaseline: slope(tprBaseline), slopeCandidate: slope(tprCandidate) / sd },
    ...{ anomalousCorrelation: flags(tprBaseline, tprCandidate), normalCorrelation: flags(fpr, fpr) },
  }
}

/** What a plan with these numbers predicts, and what `relativeBias` finds in simulated data. Data set `d` of case `number` reads streams of its own. */
export async function simulatePlan(planned: PlannedCase, number: number, dataSets: number): Promise<PlannedPower> {
  const { classes, xi, method, fpr, tprBaseline } = planned
  const rates = ratesOf(planned)
  const { tprCandidate: _, ...guess } = rates
  const { nNormal, nAnomalous } = planned
  const sizes = { nNormal, nAnomalous }
  const { samples } = theory.planSamples({ ...guess, xi, classes, ...sizes })
  const labels = Array.from({ length: classes * sizes.nAnomalous }, (_unused, i) => i % classes)
  let [sum, squares, lengths] = [0, 0, 0]
  for (let d = 0; d < dataSets; d++) {
    const scores = dataSet(planned, sizes, { seed: number + 1, replicate: d })
    const { classes: answers } = await relativeBias(scores, {
      ...{ fpr, classes: labels, intervalMethod: method, resamples: classes > 1 ? 9999 : 3999 },
      ...{ seed: number * 1_000_003 + d, threads: 1 },
    })
    const right = answers.filter(({ direction }) => direction === (xi > 0 ? 'up' : 'down')).length / classes
    sum += right
    squares += right ** 2
    for (const { simultaneous } of answers) lengths += (simultaneous[1] - simultaneous[0]) / classes
  }
  const mean = sum / dataSets
  const short = (value: number) => Number(value.toFixed(4))
  return {
    number,
    ...planned,
    dataSets,
    predicted: { power: short(samples.power ?? Number.NaN), halfWidth: short(samples.halfWidth) },
    firstOrder: short(theory.power({ ...guess, fpr, tprBaseline, xi, ...sizes }).power),
    simulated: {
      power: short(mean),
      error: short(Math.sqrt((squares / dataSets - mean ** 2) / dataSets)),
      halfWidth: short(lengths / dataSets / 2),
    },
  }
}

function dataSet(
  { fpr, tprBaseline, xi, correlation, sd, classes }: PlannedCase,
  { nNormal, nAnomalous }: theory.SampleSizes,
  at: { readonly seed: number; readonly replicate: number },
) {
  const z = -normalQuantile(fpr)
  const draw = (n: number, stream: number): readonly [Float64Array, Float64Array] => {
    const first = random.normal(n, { ...at, stream })
    const own = random.normal(n, { ...at, stream: stream + 1 })
    const other = Math.sqrt(1 - correlation ** 2)
    return [first, own.map((x, i) => correlation * (first[i] ?? Number.NaN) + other * x)]
  }
  const [normal, otherNormal] = draw(nNormal, 0)
  const [anomalous, other] = draw(classes * nAnomalous, 8)
  const anomaly = (tpr: number, scale: number) => (x: number) => z + scale * (normalQuantile(tpr) + x)
  return {
    baseline: { normal, anomalous: anomalous.map(anomaly(tprBaseline, 1)) },
    candidate: { normal: otherNormal, anomalous: other.map(anomaly(tprBaseline + xi, sd)) },
  }
}

/** The cases as Markdown. */
export function plannedPowerTable(cells: readonly PlannedPower[]): string {
  const head = [
    ...['method', 'fpr', 'recalls', 'correlation', 'sd', 'classes', 'normals', 'anomalies of each'],
    ...['first-order', 'predicted', 'simulated (s.e.)', 'half width predicted', 'simulated'],
  ]
  const rows = cells.map(({ predicted, simulated, ...cell }) => {
    const recalls = `${cell.tprBaseline} → ${Number((cell.tprBaseline + cell.xi).toFixed(2))}`
    return [
      ...[cell.method, cell.fpr, recalls, cell.correlation, Number(cell.sd.toFixed(2)), cell.classes],
      ...[cell.nNormal, cell.nAnomalous, cell.firstOrder.toFixed(3), predicted.power.toFixed(3)],
      `${simulated.power.toFixed(3)} (${simulated.error.toFixed(3)})`,
      ...[predicted.halfWidth.toFixed(3), simulated.halfWidth.toFixed(3)],
    ].join(' | ')
  })
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows.map((row) => `| ${row} |`)].join(
    '\n',
  )
}
