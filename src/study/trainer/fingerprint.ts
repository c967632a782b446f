import { createHash } from 'node:crypto'
import { wrongType } from '../../check.js'
import { objectiveDigest } from '../../detectors/objectives/objectiveDigest.js'
import { publishedSettings } from '../../detectors/settings.js'
import { networkDigest } from '../../nn/networkDigest.js'
import { elements } from '../../nn/parameters.js'
import type { UnitTrainer, UnitWork } from '../core/unit.js'
import { trainChecked, trainerDevice } from './checkedResult.js'

/** Normal samples and labelled anomalies; and a batch, so that an epoch has a whole one and a short one. */
const sizes = { normal: 32, anomalous: 8, batch: 32 } as const

const settings = { ...publishedSettings, epochs: 1, pretrainEpochs: 1, batchSize: sizes.batch }

/** What decides which graphs are trained. */
export type TrainedDesign = Pick<UnitWork, 'objective' | 'network' | 'decoder'>

/** Fingerprints of places where trainers train, taken once each: by device and detector. */
export class Fingerprints {
  readonly #taken = new Map<string, Promise<string>>()

  /** The one of a detector, which a trainer takes where it is not there. Errors: those of the trainer. */
  async of(trainer: UnitTrainer, design: TrainedDesign): Promise<string> {
    const { objective, network, decoder } = design
    const key = [await trainerDevice(trainer), objectiveDigest(objective), networkDigest(network), decoder].join(' ')
    const found = this.#taken.get(key) ?? takeFingerprint(trainer, design)
    this.#taken.set(key, found)
    // What failed, for want of memory say, is tried again.
    found.catch(() => this.#taken.delete(key))
    return found
  }
}

/** Of trainers that do not know theirs. */
const others = new WeakMap<UnitTrainer, Fingerprints>()

/**
 * What the arithmetic of the place where a trainer trains gives for a detector: SHA-256, in hexadecimal, of all losses, weights
 * and scores of a small training, an epoch of pretraining and one of training on forty samples that a formula of integers
 * makes. Processors of which ONNX Runtime uses other vector instructions round otherwise, and have another one; those that give
 * the same bits have the same, whatever their names.
 *
 * The network is the detector's own: kernels depend on its shapes. 30 ms for an MLP, 0.1 to 0.5 s for `lenet` and `lstm`, once
 * for each detector. Errors: those of the trainer.
 */
export async function numericsFingerprint(trainer: UnitTrainer, design: TrainedDesign): Promise<string> {
  if (trainer.fingerprint !== undefined) return saidFingerprint(trainer, design)
  const own = others.get(trainer) ?? new Fingerprints()
  others.set(trainer, own)
  return own.of(trainer, design)
}

async function takeFingerprint(trainer: UnitTrainer, { objective, network, decoder }: TrainedDesign): Promise<string> {
  const { sample } = network
  const nSamples = sizes.normal + sizes.anomalous
  const normal = Uint32Array.from({ length: sizes.normal }, (_, row) => row)
  const anomalous = Uint32Array.from({ length: sizes.anomalous }, (_, row) => sizes.normal + row)
  const work = {
    ...{ objective, network, decoder, settings },
    samples: { features: features(nSamples * elements(sample)), nSamples, sample },
    runs: [{ run: 0, normal, anomalous, validation: normal }],
    seed: 0,
    weights: true,
  }
  const title = `the small work of ${objective.title} that finds its fingerprint`
  // Weights tell more of the arithmetic, but a trainer that trains nothing has none.
  const { runs } = await trainChecked(trainer, { title, work, nSamples, weights: false }, () => {})
  const hash = createHash('sha256')
  for (const { training, scores, weights } of runs) {
    const { parameters, statistics, centre } = weights ?? {}
    for (const part of [training.losses, training.pretrainLosses, parameters, statistics, centre, scores]) {
      if (part !== undefined) hash.update(part)
    }
  }
  return hash.digest('hex')
}

/** What a trainer says of itself, which becomes a part of the names of units. Errors: `WRONG_TYPE`; those of the trainer. */
async function saidFingerprint(trainer: UnitTrainer, design: TrainedDesign): Promise<string> {
  const said: unknown = await trainer.fingerprint?.(design)
  if (typeof said !== 'string') throw wrongType('what trainer.fingerprint() gives', 'a string', said)
  return said
}

/** Numbers in [0, 1): multiples of 2⁻²⁴ by Knuth's multiplicative hash of their places, which no machine rounds. */
function features(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 8) / 2 ** 24)
}
