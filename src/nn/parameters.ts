import { at, entryOf, requireBetween, text } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { OpKind } from '../graph/op.js'
import { concat, input, mul, reshape, split } from '../graph/ops.js'
import { ancestors, type DType, type Shape, type Tensor, tensor } from '../graph/tensor.js'
import type { Frame, Module } from './module.js'

/** Where a tensor lies in the flat vector of its replica, and how it starts. */
export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  readonly fanIn: number
  /** Where all elements start; absent where they are drawn by their fan-in. */
  readonly start?: number
}

/** Uniform numbers that a layer draws for each sample of a batch, in training. */
export interface DrawSpec {
  readonly name: string
  readonly size: number
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
  readonly draws: readonly DrawSpec[]
  /** Elements computed on the way, per sample and replica; see `activationCount`. */
  readonly activations: number
}

/** What a module needs, and gives, where it is applied to an input of shape [R, B, …sample]. */
export function declare(module: Module, sample: Shape): Declaration & { readonly output: Shape } {
  const { parameters, statistics, draws, output } = applied(module, sample, 'evaluate')
  return { parameters, statistics, draws, output: output.shape, activations: activationCount(output) }
}

/**
 * Bytes of activations that a worker may hold at once, as far as the choice of rows and replicas can see to it: forward, in
 * float32. A training step takes some five times as much in all, with its gradients and its optimiser.
 */
export const activationBudget = 32 * 2 ** 20

/** Operators whose results share their operand's memory, or stand for values given. */
const free: ReadonlySet<OpKind> = new Set(['input', 'variable', 'constant', 'reshape', 'customGradient'])

/**
 * Elements that the computation of `output` makes per sample and replica: of all tensors with another named size than
 * the replicas', each named size counted as one. Parameters and what depends on them alone are not among them; nor is
 * what a loop computes within an iteration.
 */
function activationCount(output: Tensor): number {
  let total = 0
  for (const { op, outputs } of ancestors([output])) {
    if (free.has(op.kind)) continue
    for (const { shape } of outputs) {
      if (shape.some((dim) => typeof dim === 'string' && dim !== 'R'))
        total += elements(shape.filter((dim) => typeof dim === 'number'))
    }
  }
  return total
}

/**
 * A module on inputs of its own (the samples [R, B, …sample], and the parameters), what it asked for, and what batch norm
 * reported in training. Errors: `OUT_OF_RANGE` for two parameters or two statistics of one name; `WRONG_TYPE`;
 * those of the layers.
 */
export function applied(module: Module, sample: Shape, mode: Frame['mode']) {
  const parameters = new Map<string, ParameterSpec>()
  const statistics = new Map<string, StatisticsSpec>()
  const draws = new Map<string, DrawSpec>()
  const observed = new Map<string, RunningStatistics>()
  const unknown = (name: string, shape: Shape) => input(name, 'float32', shape)
  const inputs = [unknown('x', ['R', 'B', ...sample])]
  const output = module(at(inputs, 0), {
    mode,
    weights: mode === 'train' ? unknown('weights', ['R', 1, 'B']) : undefined,
    valid: mode === 'train' ? unknown('valid', ['R', 'B', 1]) : undefined,
    parameter: (name, shape, fanIn, start) => {
      requireBetween(`fan-in of '${name}'`, fanIn, 0, Number.POSITIVE_INFINITY)
      const parameter = unknown(`parameter ${name}`, ['R', ...shape])
      declareOnce('parameters', parameters, { name, shape: [...shape], fanIn, ...(start !== undefined && { start }) })
      inputs.push(parameter)
      return parameter
    },
    statistics: (name, size, area = 1) => {
      declareOnce('statistics', statistics, { name, size, area })
      return { mean: unknown(`mean ${name}`, ['R', 1, size]), variance: unknown(`variance ${name}`, ['R', 1, size]) }
    },
    uniforms: (name, size) => {
      declareOnce('random numbers', draws, { name, size })
      return mode === 'train' ? unknown(`uniforms ${name}`, ['R', 'B', size]) : undefined
    },
    observe: (name, mean, variance) => observed.set(name, { mean, variance }),
  })
  tensor('what a module gives', output)
  return {
    parameters: [...parameters.values()],
    statistics: [...statistics.values()],
    draws: [...draws.values()],
    ...{ inputs, output, observed },
  }
}

function declareOnce<S extends { readonly name: string }>(what: string, specs: Map<string, S>, spec: S): void {
  text(`name of ${what}`, spec.name)
  if (specs.has(spec.name)) {
    const wayOut = 'names must differ within an encoder and within a decoder'
    throw new ScoringBiasError('OUT_OF_RANGE', `two layers ask for ${what} '${spec.name}': ${wayOut}`)
  }
  specs.set(spec.name, spec)
}

export function parameterCount({ parameters }: Declaration): number {
  return parameters.reduce((total, { shape }) => total + elements(shape), 0)
}

export function statisticsCount({ statistics }: Declaration): number {
  return statistics.reduce((total, { size }) => total + 2 * size, 0)
}

/** Numbers that all layers draw for a sample of a batch. */
export function drawCount({ draws }: Pick<Declaration, 'draws'>): number {
  return draws.reduce((total, { size }) => total + size, 0)
}

/** What each layer draws [R, B, size], by name, of all that is drawn [R, B, …]. */
export function unpackDraws(all: Tensor, { draws }: Pick<Declaration, 'draws'>): Map<string, Tensor> {
  const parts = split(
    all,
    2,
    draws.map(({ size }) => size),
  )
  return new Map(draws.map(({ name }, i) => [name, at(parts, i)]))
}

/** The tensors [R, …shape] that a flat vector [R, P] holds, by name. */
export function unpackParameters(flat: Tensor, { parameters }: Declaration): Map<string, Tensor> {
  const sizes = parameters.map(({ shape }) => elements(shape))
  const parts = split(flat, 1, sizes)
  const replicas = at(flat.shape, 0)
  return new Map(parameters.map(({ name, shape }, i) => [name, reshape(at(parts, i), [replicas, ...shape])]))
}

export type RunningStatistics = ReturnType<Frame['statistics']>

/** The running means and variances [R, 1, size] that a flat vector [R, Q] holds, by name. */
export function unpackStatistics(flat: Tensor, { statistics }: Declaration): Map<string, RunningStatistics> {
  if (statistics.length === 0) return new Map()
  const sizes = statistics.flatMap(({ size }) => [size, size])
  const rows = split(flat, 1, sizes).map((part) => reshape(part, [at(flat.shape, 0), 1, at(part.shape, 1)]))
  return new Map(statistics.map(({ name }, i) => [name, { mean: at(rows, 2 * i), variance: at(rows, 2 * i + 1) }]))
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
  const columns = statistics.flatMap(({ name, size, area }) => {
    const { mean, variance } = entryOf(observed, name)
    const column = (row: Tensor) => reshape(row, [at(row.shape, 0), size, 1])
    return [column(mean), mul(column(variance), entryOf(unbias, area))]
  })
  const all = concat(columns, 1)
  return reshape(all, all.shape.slice(0, 2))
}

/** A frame that takes parameters and statistics from flat vectors and collects what batch norm observes. */
export function frameOf(
  mode: Frame['mode'],
  parameters: ReadonlyMap<string, Tensor>,
  statistics: ReadonlyMap<string, RunningStatistics>,
  batch?: {
    readonly weights: Tensor
    readonly valid: Tensor
    readonly draws?: ReadonlyMap<string, Tensor> | undefined
  },
): Frame & { readonly observed: ReadonlyMap<string, RunningStatistics> } {
  const observed = new Map<string, RunningStatistics>()
  return {
    mode,
    weights: batch?.weights,
    valid: batch?.valid,
    observed,
    parameter: (name) => declared(parameters, name),
    statistics: (name) => declared(statistics, name),
    uniforms: (name) => batch && declared(batch.draws ?? new Map<string, Tensor>(), name),
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

/** Errors: `UNKNOWN_NAME` for what a module did not ask for when it was declared. */
function declared<V>(values: ReadonlyMap<string, V>, name: string): V {
  const found = values.get(name)
  if (found !== undefined) return found
  throw new ScoringBiasError(
    'UNKNOWN_NAME',
    `'${name}' was not declared; a module must ask for the same names each time it is applied`,
  )
}
