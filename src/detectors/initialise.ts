import { at } from '../check.js'
import { type Declaration, elements, parameterCount, statisticsCount } from '../nn/parameters.js'
import { uniform } from '../random/uniform.js'
import type { Weights } from './fit.js'

/** Philox stream of the initial parameters; a stream is used for nothing else. */
const initStream = 0x494e_4954

/** Initial flat parameters [R, P]: uniform in ±1/√fanIn, a pure function of the seed and of each replica's run. */
export function initialParameters(declaration: Declaration, runs: readonly number[], seed: number): Float32Array {
  const size = parameterCount(declaration)
  const flat = new Float32Array(runs.length * size)
  for (const [r, run] of runs.entries()) {
    const unit = uniform(size, { seed, stream: initStream, replicate: run, low: -1 })
    let offset = 0
    for (const { shape, fanIn } of declaration.parameters) {
      const bound = 1 / Math.sqrt(fanIn)
      for (const end = offset + elements(shape); offset < end; offset++)
        flat[r * size + offset] = at(unit, offset) * bound
    }
  }
  return flat
}

/** Of replicas that have not trained. */
export function initialWeights(
  declaration: Declaration,
  runs: readonly { readonly run: number }[],
  seed: number,
): Weights {
  const numbers = runs.map(({ run }) => run)
  return {
    parameters: initialParameters(declaration, numbers, seed),
    statistics: initialStatistics(declaration, runs.length),
  }
}

/** Initial running statistics [R, Q]: mean 0, variance 1. */
export function initialStatistics(declaration: Declaration, nReplicas: number): Float32Array {
  const row = declaration.statistics.flatMap(({ size }) => [
    ...Array<number>(size).fill(0),
    ...Array<number>(size).fill(1),
  ])
  const flat = new Float32Array(nReplicas * statisticsCount(declaration))
  for (let r = 0; r < nReplicas; r++) flat.set(row, r * row.length)
  return flat
}
