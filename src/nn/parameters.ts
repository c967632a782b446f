import { concat, input, mul, reshape, split } from '../graph/ops.js'
import type { DType, Shape, Tensor } from '../graph/tensor.js'
import { activationCount } from './activations.js'
import type { Frame, Module } from './module.js'

/** Where a tensor lies in the flat vector of its replica, and how it starts. */
export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  readonly fanIn: number
}

/** Running statistics lie in their flat vector as mean, then variance. */
export interface StatisticsSpec {
  readonly name: string
  readonly size: number
  /** Values of a feature in one sample: height × width of an image's channels, else 1. */
  readonly area: number
}

/** All that a module needs: parameters and statistics in the order in which it asks for them, and memory. */
export interface Declaration {
  readonly parameters: readonly ParameterSpec[]
  readonly statistics: readonly StatisticsSpec[]
  /** Elements computed on the way, per sample and replica; see `activationCount`. */
  readonly activations: number
}

/** Applies a module to an input of shape [R, B, …sample] to learn what it needs and what it gives. */
export function declare(module: Module, sample: Shape): Declaration & { readonly output: Shape } {
  const parameters: ParameterSpec[] = []
  const statistics: StatisticsSpec[] = []
  const unknown = (shape: Shape) => input('declared', 'float32', shape)
  const output = module(unknown(['R', 'B', ...sample]), {
    mode: 'evaluate',
    weights: undefined,
    valid: undefined,
    parameter: (name, shape, fanIn) => {
      parameters.push({ name, shape, fanIn })
      return unknown(['R', ...shape])
    },
    statistics: (name, size, area = 1) => {
      statistics.push({ name, size, area })
      return { mean: unknown(['R', 1, size]), variance: unknown(['R', 1, size]) }
    },
    observe: () => {},
  })
  return { parameters, statistics, output: output.shape, activations: activationCount(output) }
}

export function parameterCount({ parameters }: Declaration): number {
  return parameters.reduce((total, { shape }) => total + elements(shape), 0)
}

export function statisticsCount({ statistics }: Declaration): number {
  return statistics.reduce((total, { size }) => total + 2 * size, 0)
}

/** The tensors [R, …shape] that a flat vector [R, P] holds, by name. */
export function unpackParameters(flat: Tensor, { parameters }: Declaration): Map<string, Tensor> {
  const parts = split(
    flat,
    1,
    parameters.map(({ shape }) => elements(shape)),
  )
  const replicas = flat.shape[0] ?? 1
  return zip(parameters, parts, ({ shape }, part) => reshape(part, [replicas, ...shape]))
}

/** The inverse of `unpackParameters`, for tensors in the declared order. */
export function packParameters(tensors: readonly Tensor[], { parameters }: Declaration): Tensor {
  const rows = tensors.map((tensor, i) => reshape(tensor, [tensor.shape[0] ?? 1, elements(parameters[i]?.shape ?? [])]))
  return concat(rows, 1)
}

export interface RunningStatistics {
  readonly mean: Tensor
  readonly variance: Tensor
}

/** The running means and variances [R, 1, size] that a flat vector [R, Q] holds, by name. */
export function unpackStatistics(flat: Tensor, { statistics }: Declaration): Map<string, RunningStatistics> {
  if (statistics.length === 0) return new Map()
  const parts = split(
    flat,
    1,
    statistics.flatMap(({ size }) => [size, size]),
  )
  const replicas = flat.shape[0] ?? 1
  const rows = parts.map((part) => reshape(part, [replicas, 1, part.shape[1] ?? 1]))
  const pairs = statistics.map((_, i) => ({ mean: at(rows, 2 * i), variance: at(rows, 2 * i + 1) }))
  return zip(statistics, pairs, (_, pair) => pair)
}

/**
 * What batch norm observed, as a flat vector [R, Q]. The biased variances are multiplied by n/(n − 1), which `unbias`
 * holds for each area as [R, 1, 1].
 */
export function packStatistics(
  observed: ReadonlyMap<string, RunningStatistics>,
  unbias: ReadonlyMap<number, Tensor>,
  { statistics }: Declaration,
): Tensor {
  const rows = statistics.flatMap(({ name, size, area }) => {
    const { mean, variance } = known(observed, name)
    return [mean, mul(variance, known(unbias, area))].map((row) => reshape(row, [row.shape[0] ?? 1, size]))
  })
  return concat(rows, 1)
}

/** The areas of all statistics, each once. */
export function areas({ statistics }: Declaration): number[] {
  return [...new Set(statistics.map(({ area }) => area))]
}

/** A frame that takes parameters and statistics from flat vectors and collects what batch norm observes. */
export function frameOf(
  mode: Frame['mode'],
  parameters: ReadonlyMap<string, Tensor>,
  statistics: ReadonlyMap<string, RunningStatistics>,
  batch?: { readonly weights: Tensor; readonly valid: Tensor },
): Frame & { readonly observed: ReadonlyMap<string, RunningStatistics> } {
  const observed = new Map<string, RunningStatistics>()
  return {
    mode,
    weights: batch?.weights,
    valid: batch?.valid,
    observed,
    parameter: (name) => known(parameters, name),
    statistics: (name) => known(statistics, name),
    observe: (name, mean, variance) => observed.set(name, { mean, variance }),
  }
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
}

/** Flat input tensors [R, size] under a name. */
export function flatInput(name: string, dtype: DType, size: number): Tensor {
  return input(name, dtype, ['R', size])
}

function zip<S extends { readonly name: string }, P, V>(
  specs: readonly S[],
  parts: readonly P[],
  make: (spec: S, part: P) => V,
): Map<string, V> {
  return new Map(specs.map((spec, i) => [spec.name, make(spec, at(parts, i))]))
}

function at<T>(list: readonly T[], i: number): T {
  const item = list[i]
  if (item === undefined) throw new Error(`index ${i} is outside a list of ${list.length}`)
  return item
}

function known<K, V>(map: ReadonlyMap<K, V>, name: K): V {
  const found = map.get(name)
  if (found === undefined)
    throw new Error(`'${name}' was not declared; a module must ask for the same names each time it is applied`)
  return found
}
