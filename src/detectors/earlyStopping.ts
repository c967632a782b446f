import { at } from '../check.js'
import type { Divergences } from './divergence.js'
import type { Weights } from './fit.js'

/** How held-out normal samples are used while replicas train. */
export interface Validation {
  /** Mean loss of the held-out samples for each replica, [R]. */
  readonly losses: (weights: Weights) => Promise<readonly number[]>
  /** Epochs without a new lowest loss after which a replica stops, once it has one; undefined where none stops. */
  readonly patience: number | undefined
}

/** What became of a replica's validation loss. */
export interface ValidationRecord {
  /**
   * Mean loss of the held-out normal samples after each epoch that the replica trained, up to the one in which it diverged; null where it was not
   * finite.
   */
  readonly losses: readonly (number | null)[]
  /**
   * The epoch, from 1, of the lowest loss, which the weights are of where there is a patience; null where no loss was finite: the weights are then those
   * of the last epoch.
   */
  readonly bestEpoch: number | null
  /** Held-out samples. */
  readonly n: number
}

interface Best extends Weights {
  readonly loss: number
  readonly epoch: number
}

/**
 * The validation losses of R replicas. With a patience, each stops by itself: from then on what becomes of it is ignored, and its weights are
 * those of the epoch with the lowest loss, the first of equal ones. One without a finite loss has nothing to compare: it trains to the end. No
 * replica's result depends on the others'.
 */
export class EarlyStopping {
  readonly #validation: Validation
  readonly #losses: number[][]
  readonly #best: (Best | undefined)[]

  constructor(validation: Validation, nReplicas: number) {
    this.#validation = validation
    this.#losses = Array.from({ length: nReplicas }, () => [])
    this.#best = this.#losses.map(() => undefined)
  }

  /**
   * Takes the weights at the end of an epoch, counted from 1. Of replicas that have diverged nothing is taken: alone they would have trained no
   * further, and what is kept must not depend on those beside them.
   */
  async record(weights: Weights, epoch: number, divergences: Divergences): Promise<void> {
    const losses = await this.#validation.losses(weights)
    const nReplicas = losses.length
    for (const [r, loss] of losses.entries()) {
      if (divergences[r] !== undefined || this.isStopped(r)) continue
      at(this.#losses, r).push(loss)
      const best = this.#best[r]
      if (!Number.isFinite(loss) || (best !== undefined && loss >= best.loss)) continue
      const own = (flat: Float32Array) => flat.slice((r * flat.length) / nReplicas, ((r + 1) * flat.length) / nReplicas)
      this.#best[r] = { loss, epoch, parameters: own(weights.parameters), statistics: own(weights.statistics) }
    }
  }

  /** Whether a replica has gone its patience without a new lowest loss, after one. */
  isStopped(replica: number): boolean {
    const { patience } = this.#validation
    const best = this.#best[replica]
    return patience !== undefined && best !== undefined && this.epochsOf(replica) - best.epoch >= patience
  }

  /** Epochs that a replica has trained until it stopped. */
  epochsOf(replica: number): number {
    return at(this.#losses, replica).length
  }

  /** The weights that count: the best ones of each replica where there is a patience and a finite loss, else the last ones. */
  chosen({ parameters, statistics }: Weights): Weights {
    const kept = { parameters: parameters.slice(), statistics: statistics.slice() }
    if (this.#validation.patience === undefined) return kept
    for (const [r, best] of this.#best.entries()) {
      if (best === undefined) continue
      kept.parameters.set(best.parameters, r * best.parameters.length)
      kept.statistics.set(best.statistics, r * best.statistics.length)
    }
    return kept
  }

  /** One for each replica. */
  records(n: number): ValidationRecord[] {
    return this.#losses.map((losses, r) => ({
      losses: losses.map((loss) => (Number.isFinite(loss) ? loss : null)),
      bestEpoch: this.#best[r]?.epoch ?? null,
      n,
    }))
  }
}
