import { at, invariant } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { frozen } from '../frozen.js'
import {
  add,
  constant,
  expandAs,
  input,
  matmul,
  reshape,
  split,
  square,
  sub,
  transposeLast,
  where,
} from '../graph/ops.js'
import { sameShape, showShape, type Tensor } from '../graph/tensor.js'
import { sigmoid, sumFeatures } from '../nn/layers.js'
import { type Frame, type Module, named, sequential } from '../nn/module.js'
import type { Network } from '../nn/network.js'
import { declare, elements, flatInput, parameterCount, statisticsCount } from '../nn/parameters.js'
import { pairHead, pairLoss, scoreHead } from './heads.js'
import { type LossSettings, lossDefaults, type Objective } from './objectives/objective.js'

/** What follows the decoder's last layer: nothing, for standardised data; the sigmoid, for data in [0, 1]. */
export type DecoderOutput = 'identity' | 'sigmoid'
/** What an autoencoder's last layer can be. */
export const decoderOutputs: readonly DecoderOutput[] = frozen(['identity', 'sigmoid'])

/** Everything that decides which graphs a detector has. */
export interface DetectorDesign {
  readonly objective: Objective
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly dtype: 'float32' | 'float64'
  /** Default: as published. */
  readonly loss?: LossSettings
}

export type DetectorGraph = ReturnType<typeof detectorGraph>

/**
 * The symbolic parts that the graphs of one detector share: its inputs, and its distance as a function of a batch.
 * Errors: `SHAPE_MISMATCH` where the network's layers do not fit each other or the sample.
 */
export function detectorGraph(design: DetectorDesign) {
  const { network, objective, dtype } = design
  const encoder = named('encoder', network.encoder)
  const output: Module = design.decoder === 'sigmoid' ? sigmoid() : (x) => x
  const autoencoder = sequential(encoder, named('decoder', network.decoder), output)
  const code = declare(encoder, network.sample).output
  const [, , nCode] = code
  if (code.length !== 3 || typeof nCode !== 'number') {
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `the encoder of '${network.name}' must give vectors, got samples of shape ${showShape(code.slice(2))}`,
    )
  }
  const reconstructs = objective.distance === 'reconstruction'
  const head = objective.distance === 'pairs' ? pairHead() : scoreHead()
  const scorer = sequential(encoder, named('head', head))
  const whole = { reconstruction: autoencoder, hypersphere: encoder, head: scorer, pairs: scorer }
  const declaration = declare(whole[objective.distance], network.sample)
  if (reconstructs && !sameShape(declaration.output.slice(2), network.sample)) {
    const shapes = `${showShape(declaration.output.slice(2))}, not ${showShape(network.sample)}`
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `the decoder of '${network.name}' reconstructs samples of shape ${shapes}`,
    )
  }
  const nStatistics = statisticsCount(declaration)
  const centre = objective.centre === 'pretrained' ? flatInput('centre', dtype, nCode) : undefined
  return {
    design,
    declaration,
    /** Sizes of the flat vectors of parameters and of running statistics. */
    nParameters: parameterCount(declaration),
    nStatistics,
    /** Length of the code. */
    nCode,
    /** Pool of samples [N, …sample]. */
    x: input('x', dtype, ['N', ...network.sample]),
    /** [R, P], and [R, Q] where the network has batch norm. */
    parameters: flatInput('parameters', dtype, parameterCount(declaration)),
    statistics: nStatistics === 0 ? undefined : flatInput('statistics', dtype, nStatistics),
    /** Centre of the hypersphere [R, code]; undefined where it is the origin or there is none. */
    centre,
    /** Codes [R, B, code] of a batch [R, B, …sample]. */
    encode: encoder,
    /** Of a detector of pairs what a sample adds to the relation as the first, and as the second of a pair, [R, 1, B] each. */
    sides: (batch: Tensor, frame: Frame) => split(transposeLast(scorer(batch, frame)), 1, [1, 1]),
    /** Distances, or scores of a head, [R, 1, B] of a batch; `about` [R, code] takes the place of the input `centre`. */
    distance(batch: Tensor, frame: Frame, about = centre) {
      if (objective.distance === 'head') return transposeLast(scorer(batch, frame))
      if (objective.distance === 'pairs') return add(...this.sides(batch, frame))
      if (reconstructs) return meanSquaredError(autoencoder(batch, frame), batch, elements(network.sample))
      const columns = transposeLast(encoder(batch, frame))
      const offset = about === undefined ? columns : sub(columns, reshape(about, [at(about.shape, 0), nCode, 1]))
      return sumFeatures(transposeLast(square(offset)))
    },
  }
}

/** Samples of a step [R, B, …sample], and which are labelled anomalies [R, B], where the detector learns from them. */
export interface Batch {
  readonly samples: Tensor
  readonly anomalies: Tensor | undefined
}

/** The loss of a batch, and where its derivative begins. */
export interface BatchLoss {
  /** [R] */
  readonly loss: Tensor
  /** What the loss is a sum of, and the derivative of the loss by it. */
  readonly terms: Tensor
  readonly cotangent: Tensor
}

/** The weighted mean of the losses of a batch's samples, or of pairs'. */
export function batchLoss(graph: DetectorGraph, { samples, anomalies }: Batch, frame: Frame): BatchLoss {
  const { objective, loss: settings = lossDefaults } = graph.design
  const { loss, pairs } = objective
  if (pairs !== undefined) {
    invariant(anomalies !== undefined && frame.weights !== undefined, 'pairs need labels and the weights of the batch')
    const sides = graph.sides(samples, frame)
    const labels = reshape(anomalies, at(sides, 0).shape)
    const lossOf = (error: Tensor) => loss.normal(error, settings)
    const mean = pairLoss(sides, { labels, weights: frame.weights, pairs, loss: lossOf })
    return { loss: mean, terms: mean, cotangent: expandAs(constant(1, mean.dtype), mean) }
  }
  const d = graph.distance(samples, frame)
  const normal = loss.normal(d, settings)
  const labelled =
    anomalies === undefined || loss.anomaly === undefined
      ? normal
      : where(reshape(anomalies, d.shape), loss.anomaly(d, settings), normal)
  invariant(frame.weights !== undefined, 'training needs the weights of the batch')
  const mean = reshape(matmul(labelled, transposeLast(frame.weights)), ['R'])
  return { loss: mean, terms: labelled, cotangent: frame.weights }
}

function meanSquaredError(reconstruction: Tensor, x: Tensor, size: number): Tensor {
  return sumFeatures(square(sub(reconstruction, x)), 1 / size)
}
