// Laws of two detectors' scores whose ξ is known, for simulations. Normals are centred at 0 with sd 1 for both.
import { at } from '../src/check.js'
import * as random from '../src/rooms/random.js'
import { normalCdf, normalQuantile, studentTQuantile } from '../src/special.js'

/** Mean and standard deviation of the anomalies of a detector. */
type Anomalies = readonly [mean: number, sd: number]

interface Law {
  /** Of baseline and candidate, where z is the normals' quantile at the target. */
  readonly anomalies: (z: number) => readonly [Anomalies, Anomalies]
  /** Student's t with 3 degrees of freedom in place of normal scores. */
  readonly heavy?: boolean
  /** ξ is 0. */
  readonly same?: boolean
  /** What the detectors say of a score: these cut points count, or scores end there. */
  readonly steps?: readonly number[]
  readonly most?: number
}

/** The point of N(mean, sd²) above z that N(1, 1) has, for another sd: ξ is 0. */
const asMany = (z: number, sd: number): Anomalies => [z - sd * (z - 1), sd]

export const laws = {
  shift: { anomalies: () => [plain(1), plain(2)] },
  heavy: { anomalies: () => [plain(1), plain(2)], heavy: true },
  exchangeable: { anomalies: () => [plain(1), plain(1)], same: true },
  scale: { anomalies: (z) => [plain(1), asMany(z, 0.3)], same: true },
  // The ROC curve rises from 0 to 1 within the noise of a threshold.
  steep: { anomalies: (z) => [[z - 0.2, 0.3] as const, [z + 0.4, 0.3] as const] },
  // Recalls near 0 and near 1; all that the candidate misses the baseline misses as well.
  low: { anomalies: () => [plain(0), plain(0.5)] },
  high: { anomalies: (z) => [plain(z + 2.2), plain(z + 2.8)] },
  nested: { anomalies: (z) => [plain(z + 1.2), plain(z + 4)] },
  'five values': { anomalies: () => [plain(1), plain(2)], steps: [-0.5, 0.3, 1.1, 1.9] },
  saturated: { anomalies: () => [plain(1), plain(2)], most: normalQuantile(0.97) },
} satisfies Record<string, Law>

function plain(mean: number): Anomalies {
  return [mean, 1]
}

export type LawName = keyof typeof laws

/** Scores of two detectors: a law, the correlation of a sample's scores, and the target. */
export interface Scores {
  readonly law: LawName
  readonly correlation: number
  readonly fpr: number
}

/** The distribution function of Student's t with 3 degrees of freedom. */
function t3Cdf(t: number): number {
  const s = t / Math.sqrt(3)
  return 0.5 + (s / (1 + s * s) + Math.atan(s)) / Math.PI
}

/**
 * ξ at the threshold that the law itself has at the target, the smallest that no more than this fraction of normals is
 * above: Corollary 2 of Ye, Chen and Zheng (IJCAI 2021) for Gaussian scores.
 */
export function trueXi({ law: name, fpr }: Scores): number {
  const law: Law = laws[name]
  if (law.same) return 0
  const cdf = law.heavy ? t3Cdf : normalCdf
  const z = quantile(law, fpr)
  const threshold = law.steps?.find((step) => 1 - cdf(step) <= fpr) ?? z
  if (law.most !== undefined && law.most <= z) return 0
  const [baseline, candidate] = law.anomalies(z).map(([mean, sd]) => 1 - cdf((threshold - mean) / sd))
  return at([baseline, candidate] as number[], 1) - at([baseline, candidate] as number[], 0)
}

function quantile({ heavy }: Law, fpr: number): number {
  return heavy ? studentTQuantile(1 - fpr, 3) : normalQuantile(1 - fpr)
}

export interface StreamPosition {
  readonly seed: number
  readonly stream: number
  readonly replicate: number
}

/** Scores of baseline and candidate: `nNormal` normals and `nAnomalous` anomalies, a pure function of the position. */
export function drawScores(scores: Scores, nNormal: number, nAnomalous: number, position: StreamPosition) {
  const law: Law = laws[scores.law]
  const normal = draw(scores, nNormal, position)
  const anomalous = draw(scores, nAnomalous, { ...position, stream: position.stream + 8 })
  const seen = (x: number) => {
    if (law.steps !== undefined) return law.steps.filter((step) => x > step).length
    return law.most === undefined ? x : Math.min(x, law.most)
  }
  return law.anomalies(quantile(law, scores.fpr)).map(([mean, sd], d) => ({
    normal: at(normal, d).map(seen),
    anomalous: at(anomalous, d).map((x) => seen(mean + sd * x)),
  }))
}

/** Correlated normal variates, for heavy tails over one root of χ²₃/3 a sample. */
function draw({ law, correlation }: Scores, n: number, position: StreamPosition): Float64Array[] {
  const variates = (stream: number) => random.normal(n, { ...position, stream: position.stream + stream })
  const [first, own] = [variates(0), variates(1)]
  const second = first.map((x, i) => correlation * x + Math.sqrt(1 - correlation ** 2) * at(own, i))
  if (!('heavy' in laws[law])) return [first, second]
  const [a, b, c] = [variates(2), variates(3), variates(4)]
  const root = a.map((x, i) => Math.sqrt((x ** 2 + at(b, i) ** 2 + at(c, i) ** 2) / 3))
  return [first, second].map((values) => values.map((x, i) => x / at(root, i)))
}
