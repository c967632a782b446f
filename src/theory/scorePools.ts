import { at } from '../check.js'
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
const evenly = [0.7548776662466927, 0.5698402909980532] as const

/** Point i of it, i below the pool's size; of the second number, what the normal law has there. */
const across = evenColumn(0)
const freely = evenColumn(1).map(normalQuantile)

function evenColumn(axis: 0 | 1): Float64Array {
  return Float64Array.from({ length: poolSize }, (_, i) => (0.5 + (i + 1) * evenly[axis]) % 1)
}

const orders = [0, 1].map((replicate) => permutation(poolSize, { seed: 0, stream, replicate }))

/** Normals of which at least one detector's score is above `floor`, which one is with probability `above`. */
export function normalPools({ normalCorrelation, threshold }: BinormalPair, floor: number, above: number): ScorePools {
  const other = Math.sqrt(1 - normalCorrelation ** 2)
  const highs = across.subarray(0, poolSize / 2).map((u) => -normalQuantile(above * u))
  const points: Point[] = []
  for (const i of at(orders, 0)) {
    const high = at(highs, i >> 1)
    const free = normalCorrelation * high + other * at(freely, i >> 1)
    // The baseline's score is above the floor, or the candidate's alone.
    if (i % 2 === 0) points.push([high, free])
    else if (free <= floor) points.push([free, high])
  }
  return poolsOf(points, threshold)
}

/** Anomalies. */
export function anomalyPools({ anomalousCorrelation, threshold, detectors }: BinormalPair): ScorePools {
  const other = Math.sqrt(1 - anomalousCorrelation ** 2)
  const [baseline, candidate] = detectors
  const xs = across.map(normalQuantile)
  const points = Array.from(at(orders, 1), (i): Point => {
    const x = at(xs, i)
    const y = anomalousCorrelation * x + other * at(freely, i)
    return [(baseline.intercept + x) / baseline.spread, (candidate.intercept + y) / candidate.spread]
  })
  return poolsOf(points, threshold)
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
