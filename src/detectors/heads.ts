import { at } from '../check.js'
import {
  add,
  cast,
  concat,
  constant,
  div,
  expandAs,
  matmul,
  maximum,
  mul,
  reshape,
  split,
  sub,
  transposeLast,
} from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { features } from '../nn/layers.js'
import type { Module } from '../nn/module.js'
import type { PairSettings } from './objectives/objective.js'

/** The linear head w·φ + b of a code: [R, B, code] → [R, B, 1]. Its parameters are `score.weight` [code, 1] and `score.bias` [1]. */
export function scoreHead(): Module {
  return (x, frame) => {
    const size = features('score', x)
    const scores = matmul(x, frame.parameter('score.weight', [size, 1], size))
    return biased(scores, frame.parameter('score.bias', [1], size))
  }
}

/**
 * The linear head of a pair of codes as two of one code: [R, B, code] → [R, B, 2], u·φ + b and v·φ, whose sum over the two samples of a
 * pair is its relation. Its parameters are `relation.weight` [code, 2] and `relation.bias` [1], for 2·code inputs.
 */
export function pairHead(): Module {
  return (x, frame) => {
    const size = features('relation', x)
    const weight = frame.parameter('relation.weight', [size, 2], 2 * size)
    const bias = frame.parameter('relation.bias', [1], 2 * size)
    const [first, second] = split(matmul(x, weight), 2, [1, 1])
    return concat([biased(first, bias), second], 2)
  }
}

/** Adds a bias [R, 1] to [R, B, 1]: as a product with ones, so that its gradient over the batch is one too, see `sumFeatures`. */
function biased(x: Tensor, bias: Tensor): Tensor {
  const ones = expandAs(constant([1], x.dtype, [1, 1, 1]), x)
  return add(x, matmul(ones, reshape(bias, [at(bias.shape, 0), 1, 1])))
}

/** What the loss of a batch's pairs is made of. */
export interface PairBatch {
  /** bool [R, 1, B], true for labelled anomalies. */
  readonly labels: Tensor
  /** [R, 1, B], 0 for padding. */
  readonly weights: Tensor
  readonly pairs: PairSettings
  /** Of the errors of pairs, elementwise. */
  readonly loss: (error: Tensor) => Tensor
}

/** Least weight of a class in a batch: one that has no sample there adds nothing. */
const leastWeight = 1e-9

/**
 * Loss [R] of all ordered pairs of a batch, anomalies before normal samples: the mean over each kind of pair, by its share.
 * Targets are sums over the two samples, so that each side bears its own. A matrix of pairs is a product with a row of ones, and
 * means are products with weights, for the reason in `sumFeatures`.
 *
 * @param sides what each sample adds to a relation as the first and as the second, [R, 1, B]
 */
export function pairLoss([first, second]: readonly [Tensor, Tensor], batch: PairBatch): Tensor {
  const { labels, weights, pairs, loss } = batch
  const { target, shares } = pairs
  const anomalous = cast(labels, first.dtype)
  const goal = mul(anomalous, target)
  const ones = expandAs(constant([1], first.dtype, [1, 1, 1]), first)
  const left = transposeLast(concat([sub(first, goal), ones], 1))
  const errors = matmul(left, concat([ones, sub(second, goal)], 1))
  const ofAnomalies = normalised(mul(anomalous, weights), ones)
  const ofNormal = normalised(mul(sub(1, anomalous), weights), ones)
  const seconds = add(mul(ofAnomalies, shares.anomalous), mul(ofNormal, shares.mixed))
  const losses = loss(errors)
  const mean = (firsts: Tensor, others: Tensor) => matmul(matmul(firsts, losses), transposeLast(others))
  const total = add(mean(ofAnomalies, seconds), mean(ofNormal, mul(ofNormal, shares.normal)))
  return reshape(total, [at(first.shape, 0)])
}

/** Weights [R, 1, B] that add up to 1, or are all 0. */
function normalised(weights: Tensor, ones: Tensor): Tensor {
  return div(weights, maximum(matmul(weights, transposeLast(ones)), leastWeight))
}
