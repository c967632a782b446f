// Empirical likelihood of the difference of two detectors' recalls at one false-positive rate, for bench/intervalIdeasCell.ts.
import { at } from '../src/check.js'
import { normalQuantile } from '../src/special.js'

/** A detector's scores. */
export interface Sample {
  readonly normal: Float64Array
  readonly anomalous: Float64Array
}

export type Interval = readonly [low: number, high: number]

/** A value, and how many samples have it. */
export type Point = readonly [value: number, count: number]

/** −2 log of a likelihood ratio. */
export type Deviance = (points: readonly Point[], mean: number) => number

/** Where χ² of one degree of freedom has 95 %. */
const critical = normalQuantile(0.975) ** 2

/**
 * −2 log of the empirical likelihood ratio of a mean (Owen 1988): 2 Σ log(1 + λ(x − mean)), where λ solves
 * Σ (x − mean)/(1 + λ(x − mean)) = 0. Infinite where no weights of the values have that mean.
 */
export const meanDeviance: Deviance = (points, mean) => {
  const apart = points.filter(([, count]) => count > 0).map(([value, count]): Point => [value - mean, count])
  const low = Math.min(...apart.map(([x]) => x))
  const high = Math.max(...apart.map(([x]) => x))
  if (low === 0 && high === 0) return 0
  if (low >= 0 || high <= 0) return Number.POSITIVE_INFINITY
  const slope = (lambda: number) => apart.reduce((sum, [x, count]) => sum + (count * x) / (1 + lambda * x), 0)
  let [below, above] = [-1 / high, -1 / low]
  for (let step = 0; step < 100; step++) {
    const middle = (below + above) / 2
    if (slope(middle) > 0) below = middle
    else above = middle
  }
  return 2 * apart.reduce((sum, [x, count]) => sum + count * Math.log1p(((below + above) / 2) * x), 0)
}

/** The same with one more value on the mean's other side, so that it is finite everywhere (Chen, Variyath and Abraham 2008). */
export const adjustedDeviance: Deviance = (points, mean) => {
  const { n, centre } = momentsOf(points)
  const weight = Math.max(1, Math.log(n) / 2)
  return meanDeviance([...points, [mean - weight * (centre - mean), 1]], mean)
}

/** The same with weight also on those of −1, 0 and 1 that no sample has (the profile likelihood of Newcombe 1998). */
export const openDeviance: Deviance = (points, mean) => {
  const count = (value: number) => points.reduce((sum, [x, k]) => (x === value ? sum + k : sum), 0)
  return differenceDeviance({ n: momentsOf(points).n, both: 0, baseline: count(-1), candidate: count(1) }, mean)
}

/**
 * The means of which the ratio, scaled, is below χ²'s quantile. The scale is the differences' own variance S²/n over that of
 * ξ̂ with thresholds estimated, as Qin, Davis and Jing have it for one sensitivity (2011). Where all differences are equal,
 * S² is 0: the ratio speaks against no mean at which it is finite, or has no scale where no threshold matters.
 */
export function scaledInterval(points: readonly Point[], variance: number, deviance: Deviance): Interval {
  const { n, centre, variance: own } = momentsOf(points)
  const most = variance > 0 ? (critical * n * variance) / own : critical
  const inside = (mean: number) => {
    const value = deviance(points, mean)
    return Number.isFinite(value) && value <= most
  }
  return [reach(centre, -1, inside), reach(centre, 1, inside)]
}

function momentsOf(points: readonly Point[]) {
  const n = points.reduce((sum, [, count]) => sum + count, 0)
  const centre = points.reduce((sum, [value, count]) => sum + value * count, 0) / n
  const variance = points.reduce((sum, [value, count]) => sum + count * (value - centre) ** 2, 0) / n
  return { n, centre, variance }
}

/** The last inside on the way from what is inside to `end`. */
function reach(from: number, end: number, inside: (mean: number) => boolean): number {
  if (inside(end)) return end
  let [last, first] = [from, end]
  for (let step = 0; step < 50; step++) {
    const middle = (last + first) / 2
    if (inside(middle)) last = middle
    else first = middle
  }
  return last
}

/** How many samples both detectors flag, and either alone. */
interface Flagged {
  readonly n: number
  readonly both: number
  readonly baseline: number
  readonly candidate: number
}

/**
 * Both samples' likelihood: of normals that a fraction `fpr` is above either threshold, of anomalies that recalls differ by ξ, with
 * the thresholds that make it largest, over that of the best ξ, by χ²'s quantile. For one detector this is the profile of
 * Claeskens, Jing, Peng and Zhou (2003), without kernels. Outcomes that no sample has may have weight too, so that
 * thresholds above all normals, and differences beyond those seen, are possible.
 */
export function profileInterval(scores: readonly Sample[], fpr: number): Interval {
  const [baselines = [], candidates = []] = scores.map(gapsOf)
  const corners = baselines.flatMap((baseline) =>
    candidates.map((candidate) => {
      return { baseline, candidate, deviance: targetDeviance(flagged(baseline.normal, candidate.normal), fpr) }
    }),
  )
  const least = Math.min(...corners.map(({ deviance }) => deviance))
  let [low, high] = [1, -1]
  for (const { baseline, candidate, deviance } of corners) {
    const most = critical + least - deviance
    if (most < 0) continue
    for (const counts of baseline.anomalous.flatMap((first) => candidate.anomalous.map((own) => flagged(first, own)))) {
      const inside = (xi: number) => differenceDeviance(counts, xi) <= most
      const centre = (counts.candidate - counts.baseline) / counts.n
      low = Math.min(low, centre)
      high = Math.max(high, centre)
      if (inside(low)) low = reach(low, -1, inside)
      if (inside(high)) high = reach(high, 1, inside)
    }
  }
  return [low, high]
}

/** What thresholds flag: of normals, and for every place between neighbouring normals of anomalies. */
interface Gap {
  readonly normal: Float64Array
  readonly anomalous: Float64Array[]
}

function gapsOf({ normal, anomalous }: Sample): Gap[] {
  const above = (scores: Float64Array, threshold: number) => scores.map((score) => Number(score > threshold))
  const gaps = new Map<number, Gap>()
  for (const threshold of new Set([...normal, ...anomalous])) {
    const key = normal.filter((score) => score > threshold).length
    const gap = gaps.get(key) ?? { normal: above(normal, threshold), anomalous: [] }
    gap.anomalous.push(above(anomalous, threshold))
    gaps.set(key, gap)
  }
  return [...gaps.values()]
}

function flagged(baseline: Float64Array, candidate: Float64Array): Flagged {
  let [both, first, second] = [0, 0, 0]
  for (let i = 0; i < baseline.length; i++) {
    const [b, c] = [at(baseline, i), at(candidate, i)]
    both += b * c
    first += b
    second += c
  }
  return { n: baseline.length, both, baseline: first - both, candidate: second - both }
}

/** −2 log of the likelihood ratio of probabilities of four outcomes. */
function multinomialDeviance({ n, both, baseline, candidate }: Flagged, probabilities: readonly number[]): number {
  const counts = [both, baseline, candidate, n - both - baseline - candidate]
  return 2 * counts.reduce((sum, k, i) => (k > 0 ? sum + k * Math.log(k / n / at(probabilities, i)) : sum), 0)
}

/** −2 log of the likelihood ratio of both detectors flagging a fraction `fpr`. */
export function targetDeviance(counts: Flagged, fpr: number): number {
  const { n, both, baseline, candidate } = counts
  const alone = baseline + candidate
  const rest = 1 - 2 * fpr
  const overlap = positiveRoot(n, both * (fpr - rest) - alone * rest + (n - both - alone) * fpr, both * fpr * rest)
  return multinomialDeviance(counts, [overlap, fpr - overlap, fpr - overlap, rest + overlap])
}

/** −2 log of the likelihood ratio of recalls that differ by ξ (the profile likelihood of Newcombe 1998). */
export function differenceDeviance(counts: Flagged, xi: number): number {
  const { n, both, baseline, candidate } = counts
  if (xi < 0) return differenceDeviance({ n, both, baseline: candidate, candidate: baseline }, -xi)
  const alone = baseline + candidate
  const lost = positiveRoot(2 * n, alone * (1 - xi) - 2 * xi * (n - candidate), baseline * xi * (1 - xi))
  const equal = 1 - xi - 2 * lost
  // What both flag and what neither flags are one outcome here.
  return multinomialDeviance({ n, both: 0, baseline, candidate }, [0, lost, lost + xi, equal])
}

/** The x ≥ 0 with a·x² = b·x + c, without cancellation; a > 0, c ≥ 0. */
function positiveRoot(a: number, b: number, c: number): number {
  const root = Math.sqrt(b * b + 4 * a * c)
  return b >= 0 ? (b + root) / (2 * a) : (2 * c) / (root - b)
}
