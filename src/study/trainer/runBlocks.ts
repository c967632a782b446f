import { named, sequential } from '../../nn/module.js'
import type { Network } from '../../nn/network.js'
import { activationBudget, declare, parameterCount } from '../../nn/parameters.js'
import { grouped, type UnitWork } from '../core/unit.js'

/**
 * From here on more replicas gain nothing: the cost of each operator's call is shared (the MLP takes 80 µs a step and
 * replica alone, 49 with four others, 41 with fifteen).
 */
const mostReplicas = 16

/** Of a unit of work, which is lost when a process is killed: most of the gain is there with five. */
const mostInUnit = 5

interface Replica {
  readonly network: Network
  readonly settings: Pick<UnitWork['settings'], 'batchSize'>
}

/**
 * How many replicas train side by side in one block, which is one worker's job.
 *
 * At most 16; at most as many as hold `bytesPerReplica` within `activationBudget`, which bounds a worker's memory, unless one
 * replica alone takes more; and at most ⌈trainings/workers⌉, so that no worker is without a block. The choice decides about
 * time and memory only: a replica is the same, to the bit, in a block of any size.
 */
export function blockSize(replica: Replica, nTrainings: number, workers: number): number {
  return fitting(replica, Math.min(mostReplicas, Math.ceil(nTrainings / workers)))
}

/**
 * How many runs a unit of work has: at most 5, and at most as many as hold `bytesPerReplica` within `activationBudget`.
 * Unlike `blockSize` it does not depend on the machine, so that a study resumed elsewhere has the same units.
 */
export function unitSize(replica: Replica): number {
  return fitting(replica, mostInUnit)
}

function fitting({ network, settings }: Replica, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(activationBudget / bytesPerReplica(network, settings.batchSize))))
}

/**
 * Bytes of one replica in a step, forward, in float32: the activations of a batch through encoder and decoder, and the
 * parameters with their gradients and Adam's two moments.
 */
export function bytesPerReplica(network: Network, batchSize: number): number {
  const autoencoder = sequential(named('encoder', network.encoder), named('decoder', network.decoder))
  const declaration = declare(autoencoder, network.sample)
  return 4 * (batchSize * declaration.activations + 4 * parameterCount(declaration))
}

/**
 * Runs cut into blocks of at most `size`, as equal as can be. Runs with different keys cannot train side by side and come
 * into different blocks. Returns indices into `runs`.
 */
export function runBlocks<T>(runs: readonly T[], size: number, keyOf: (run: T) => unknown): number[][] {
  return grouped(runs, keyOf).flatMap((group) => {
    const nBlocks = Math.ceil(group.length / size)
    const cut = (block: number) => Math.round((block * group.length) / nBlocks)
    return Array.from({ length: nBlocks }, (_, block) => group.slice(cut(block), cut(block + 1)))
  })
}
