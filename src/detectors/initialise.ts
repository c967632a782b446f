import { at } from '../check.js'
import { type Declaration, elements, parameterCount } from '../nn/parameters.js'
import { uniform } from '../random/uniform.js'
import type { Weights } from './fit.js'

/** Philox stream of the initial parameters; a stream is used for nothing else. */
const initStream = 0x494e_4954

/** Initial flat parameters [R, P]: uniform in ±1/√fanIn, or where they are to start, a pure function of the seed and of each replica's run. */
export function initialParameters(declaration: Declaration, runs: readonly number[], seed: number): Float32Array {
  const size = parameterCount(declaration)
  const flat = new Float32Array(runs.length * size)
  for (const [r, run] of runs.entries()) {
    const unit = uniform(size, { seed, stream: initStream, replicate: run, low: -1 })
    let offset = 0
    for (const { shape, fanIn, start } of declaration.parameters) {
      const bound = 1 / Math.sqrt(fanIn)
      for (const end = offset + elements(shape); offset < end; offset++)
        flat[r * size + offset] = start ?? at(unit, offset) * bound
    }
  }
  return flat
}

/** Replicas that have not trained: their weights, no losses, and no divergences. */
export function untrained(declaration: Declaration, runs: readonly number[], seed: number) {
  const parameters = initialParameters(declaration, runs, seed)
  const start: Weights = { parameters, statistics: initialStatistics(declaration, runs.length) }
  return { start, losses: new Float64Array(0), divergences: runs.map(() => undefined) }
}

/** Initial running statistics [R, Q]: mean 0, variance 1. */
export function initialStatistics(declaration: Declaration, nReplicas: number): Float32Array {
  const values = (size: number, value: number) => Array<number>(size).fill(value)
  const row = declaration.statistics.flatMap(({ size }) => [...values(size, 0), ...values(size, 1)])
  return Float32Array.from(Array.from({ length: nReplicas }, () => row).flat())
}
