import { at, integer, list, type OptionChecks, oneOf, requireOptions } from '../check.js'
import { type DecoderOutput, decoderOutputs } from '../detectors/detectorGraph.js'
import { type DetectorName, detector, detectorNames, detectors } from '../detectors/detectors.js'
import { autoencoder } from '../detectors/objectives/autoencoder.js'
import type { Objective } from '../detectors/objectives/objective.js'
import { frozen } from '../frozen.js'
import type { Network } from '../nn/network.js'
import { network, networkNames } from '../nn/networks.js'

/**
 * What a model computes: `train`, a stretch of a detector's training; `score`, a trained detector's scores; `pretrain`, a
 * stretch of the autoencoder that Deep SVDD and Deep SAD start from; `encode`, the codes whose mean is their centre.
 */
export type ModelRole = 'train' | 'score' | 'pretrain' | 'encode'

/** Which models, and for what. */
export interface ModelOptions {
  /** Default: all of `networkNames`. */
  readonly networks?: readonly string[] | undefined
  /** Shape of one sample. Default: that of the data set which the paper gives the network. */
  readonly sample?: readonly number[] | undefined
  /** What follows the decoder's last layer. Default `sigmoid`, as published. */
  readonly decoder?: DecoderOutput | undefined
}

/** The published settings that `ModelOptions` leave open. */
export const modelDefaults = frozen({ decoder: 'sigmoid' } as const satisfies ModelOptions)

export const modelChecks: OptionChecks<ModelOptions> = {
  networks: list(oneOf('network', networkNames)),
  sample: list(integer(1)),
  decoder: oneOf('decoder', decoderOutputs),
}

/** All that decides one model's bytes. */
export interface ModelPlan {
  /** Path without extension: `mlp/deep-sad.train`, `mlp/pretrain`. */
  readonly name: string
  readonly role: ModelRole
  readonly objective: Objective
  readonly network: Network
  readonly decoder: DecoderOutput
  /** The detectors whose training or scoring uses it. */
  readonly detectors: readonly DetectorName[]
}

/**
 * One model to train and one to score for each detector and network, and for each network those that pretrain.
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`, and `SHAPE_MISMATCH` where a network does not take such samples.
 */
export function modelPlans(options: ModelOptions = {}): ModelPlan[] {
  const given = requireOptions('the models', options, modelChecks)
  const { networks = networkNames, sample, decoder = modelDefaults.decoder } = given
  const pretrained = detectorNames.filter((name) => detector(name).centre === 'pretrained')
  return networks.flatMap((networkName) => {
    const base = { network: network(networkName, sample), decoder }
    const plan = (role: ModelRole, objective: Objective, users: readonly DetectorName[], own = ''): ModelPlan => {
      return { ...base, name: `${networkName}/${own}${role}`, role, objective, detectors: users }
    }
    return [
      ...detectors.flatMap((one) => [
        plan('train', one, [one.name], `${one.name}.`),
        plan('score', one, [one.name], `${one.name}.`),
      ]),
      plan('pretrain', autoencoder, pretrained),
      plan('encode', detector(at(pretrained, 0)), pretrained),
    ]
  })
}
