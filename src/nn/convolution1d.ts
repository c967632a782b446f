import { at, flag, required, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { narrow } from '../graph/narrow.js'
import { repeats } from '../graph/op.js'
import { add, concat, matmul, reshape, transpose } from '../graph/ops.js'
import { showShape, type Tensor } from '../graph/tensor.js'
import { batchAxes, requireLayer, sequenceSizes } from './layers.js'
import type { Module } from './module.js'
import { padAxis } from './padAxis.js'
import { perFeature } from './perFeature.js'

/** Options of {@link convolution1d}. */
export interface Convolution1dOptions {
  /** Steps that a filter covers. */
  readonly size: number
  /** Zero steps before and after the sequence. Default 0. */
  readonly padding?: number | undefined
  /** Steps between two places of a filter. Default 1. */
  readonly stride?: number | undefined
  /** Adds a trained offset to each output. Default false. */
  readonly bias?: boolean | undefined
}

/**
 * Convolution over the steps of sequences: [R, B, T, in] → [R, B, ⌊(T + 2·padding − size)/stride⌋ + 1, out],
 *
 *     y[t, o] = b[o] + Σ x[t·stride + j − padding, f]·w[j·in + f, o] over steps j of the filter and features f.
 *
 * The parameters are `name.weight` [size·in, out], a filter's steps one after the other (PyTorch's Conv1d has [out, in, size]), and `name.bias`
 * [out]; both start within ±1/√(size·in), as there. One product for all steps; its operand is size/stride times as large as the sequence.
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`; once applied, `SHAPE_MISMATCH` where samples are no sequences, or too short.
 */
export function convolution1d(name: string, out: number, options: Convolution1dOptions): Module {
  requireLayer(name, { outputs: out })
  const checks = { size: required(repeats(1)), padding: repeats(0), stride: repeats(1), bias: flag }
  const { size, padding = 0, stride = 1, bias = false } = requireOptions(`layer '${name}'`, options, checks)
  return (x, frame) => {
    const [steps, nFeatures] = sequenceSizes(name, x)
    const places = Math.floor((steps + 2 * padding - size) / stride) + 1
    if (places < 1) {
      const what = `layer '${name}' covers ${size} steps, got samples of shape ${showShape(x.shape.slice(2))}`
      throw new ScoringBiasError('SHAPE_MISMATCH', `${what} with ${2 * padding} steps of padding`)
    }
    const fanIn = size * nFeatures
    const weight = frame.parameter(`${name}.weight`, [fanIn, out], fanIn)
    // Time first: the weights broadcast along the first axis, over which their gradient is added up element by element.
    const covered = transpose(coveredSteps(x, { size, padding, stride, places }), [2, 0, 1, 3])
    const y = transpose(matmul(covered, weight), [1, 2, 0, 3])
    return bias ? add(y, perFeature(frame.parameter(`${name}.bias`, [out], fanIn), y)) : y
  }
}

interface Covered {
  readonly size: number
  readonly padding: number
  readonly stride: number
  readonly places: number
}

/** What the filter covers at each of its places, step by step: [R, B, T, F] → [R, B, places, size·F]. */
function coveredSteps(x: Tensor, { size, padding, stride, places }: Covered): Tensor {
  const [steps, nFeatures] = [Number(at(x.shape, 2)), Number(at(x.shape, 3))]
  const blocks = Math.ceil(size / stride)
  // A row for each block of `stride` steps: places are rows that follow each other.
  const nRows = places - 1 + blocks
  const padded = padAxis(x, 2, [padding, nRows * stride - steps - padding])
  const rows = reshape(padded, [...batchAxes(x), nRows, stride * nFeatures])
  const taps = Array.from({ length: blocks }, (_, i) => narrow(rows, 2, i, places))
  const all = concat(taps, 3)
  return narrow(all, 3, 0, size * nFeatures)
}
