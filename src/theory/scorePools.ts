import { permutation } from '../random/permutation.js'
import { normalQuantile } from '../special.js'
import type { BinormalPair } from './binormalPair.js'

/** Scores of samples by both detectors, [baseline, candidate]. */
export type ScoredSamples = readonly [Float64Array, Float64Array]

type Point = readonly [baseline: number, candidate: number]

/** Samples by who flags them. */
export interface ScorePools {
  readonly neither: ScoredSamples
  readonly baseline: ScoredSamples
  readonly candidate: ScoredSamples
  readonly both: ScoredSamples
}

/**
 * Samples that data sets are put together from: spread evenly over their law, so that the pool's curves are the true
 * ones, and shuffled, so that a stretch of it is as good as drawn.
 */
const poolSize = 2 ** 14
const stream = 0x504c_4e30

/** Two numbers that fill the unit square evenly: Kronecker's sequence (Roberts 2018). */
function evenPoint(i: number): readonly [number, number] {
  return [(0.5 + (i + 1) * 0.7548776662466927) % 1, (0.5 + (i + 1) * 0.5698402909980532) % 1]
}

function shuffled(make: (i: number) => Point | undefined, replicate: number): Point[] {
  const order = permutation(poolSize, { seed: 0, stream, replicate })
  return Array.from(order, make).filter((point) => point !== undefined)
}

/** Normals of which at least one detector's score is above `floor`, which one is with probability `above`. */
export function normalPools({ normalCorrelation, threshold }: BinormalPair, floor: number, above: number): ScorePools {
  const other = Math.sqrt(1 - normalCorrelation ** 2)
  const point = (i: number): Point | undefined => {
    const [u, v] = evenPoint(Math.floor(i / 2))
    const high = -normalQuantile(above * u)
    const free = normalCorrelation * high + other * normalQuantile(v)
    // The baseline's score is above the floor, or the candidate's alone.
    if (i % 2 === 0) return [high, free]
    return free <= floor ? [free, high] : undefined
  }
  return poolsOf(shuffled(point, 0), threshold)
}

/** Anomalies. */
export function anomalyPools({ anomalousCorrelation, threshold, detectors }: BinormalPair): ScorePools {
  const other = Math.sqrt(1 - anomalousCorrelation ** 2)
  const [baseline, candidate] = detectors
  const point = (i: number): Point => {
    const [u, v] = evenPoint(i)
    const x = normalQuantile(u)
    const y = anomalousCorrelation * x + other * normalQuantile(v)
    return [(baseline.intercept + x) / baseline.spread, (candidate.intercept + y) / candidate.spread]
  }
  return poolsOf(shuffled(point, 1), threshold)
}

function poolsOf(points: readonly Point[], threshold: number): ScorePools {
  const pool = (baseline: boolean, candidate: boolean): ScoredSamples => {
    const own = points.filter(([x, y]) => x > threshold === baseline && y > threshold === candidate)
    return [Float64Array.from(own, ([x]) => x), Float64Array.from(own, ([, y]) => y)]
  }
  return {
    neither: pool(false, false),
    baseline: pool(true, false),
    candidate: pool(false, true),
    both: pool(true, true),
  }
}
