import { callback, list, text } from '../check.js'
import type { Tensor } from '../graph/tensor.js'

/**
 * A part of a network: maps activations [R, B, …] (replicas, samples of the batch, features) to activations, and asks
 * the frame for the parameters and statistics it needs.
 */
export type Module = (x: Tensor, frame: Frame) => Tensor

/** What a module is applied in. The same module is applied once to declare what it needs, and again to compute. */
export interface Frame {
  /** In training, batch norm uses the batch's statistics and reports them; in evaluation, the running ones. */
  readonly mode: 'train' | 'evaluate'
  /** `[R, 1, B]`: weights of the batch's samples, which add up to 1. Padding weighs 0. Training only. */
  readonly weights: Tensor | undefined
  /** `[R, B, 1]`: 1 for a sample, 0 for padding. Training only. */
  readonly valid: Tensor | undefined
  /**
   * A trainable tensor [R, …shape], initialised uniformly in ±1/√fanIn. For PyTorch's defaults `fanIn` is the number of
   * inputs to an output, for weights and bias alike, and the number of hidden units for all tensors of an LSTM. With `start`
   * every element starts there, and the fan-in has no say.
   */
  parameter(name: string, shape: readonly number[], fanIn: number, start?: number): Tensor
  /**
   * Running mean and variance [R, 1, size] of `size` features, of which a sample has `area` values each: 1 of a vector's
   * features, height × width of an image's channels.
   */
  statistics(name: string, size: number, area?: number): { readonly mean: Tensor; readonly variance: Tensor }
  /**
   * Numbers [R, B, size], uniform in (0, 1), that are drawn anew in each step of training, for each sample of the batch; undefined in evaluation, and
   * absent where nothing can be drawn.
   */
  uniforms?(name: string, size: number): Tensor | undefined
  /** Reports the batch's mean and (biased) variance [R, 1, size] for the running statistics of that name. */
  observe(name: string, mean: Tensor, variance: Tensor): void
}

/** Modules one after the other. Errors: `WRONG_TYPE`. */
export function sequential(...modules: readonly Module[]): Module {
  list(callback)('modules', modules)
  return (x, frame) => modules.reduce((activation, module) => module(activation, frame), x)
}

/** The module with its parameters and statistics under `prefix.`. Errors: `WRONG_TYPE`. */
export function named(prefix: string, module: Module): Module {
  text('prefix', prefix)
  callback('module', module)
  return (x, frame) =>
    module(x, {
      ...frame,
      parameter: (name, shape, fanIn, start) => frame.parameter(`${prefix}.${name}`, shape, fanIn, start),
      uniforms: (name, size) => frame.uniforms?.(`${prefix}.${name}`, size),
      statistics: (name, size, area) => frame.statistics(`${prefix}.${name}`, size, area),
      observe: (name, mean, variance) => frame.observe(`${prefix}.${name}`, mean, variance),
    })
}
