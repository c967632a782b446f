import { requireInteger } from '../check.js'
import { reshape } from '../graph/ops.js'
import { linear } from './layers.js'
import { lstmStack } from './lstm.js'
import { type Module, sequential } from './module.js'
import type { Network } from './network.js'

export interface LstmOptions {
  /** Hidden units of the encoder's LSTM layers, from the input on. Default [64, 32], as the paper's program has. */
  readonly layers?: readonly number[]
  /** Length of the code. Default 32, as published. */
  readonly code?: number
}

/**
 * The recurrent network of the paper's spectrum experiments, for samples [steps, features]: stacked LSTM layers
 * 128 → 64 → 32, the hidden states of all steps side by side, and a product without bias to the code. The decoder
 * mirrors it: a linear layer with bias back to all steps, then LSTM layers 32 → 64 → 128. The paper says three layers,
 * its program has two; `layers` decides.
 */
export function lstmNet(
  sample: readonly [number, number] = [125, 128],
  { layers = [64, 32], code = 32 }: LstmOptions = {},
): Network {
  const [steps, nFeatures] = sample
  requireInteger('steps', steps, 1)
  requireInteger('nFeatures', nFeatures, 1)
  requireInteger('code', code, 1)
  const last = layers.at(-1) ?? nFeatures
  const mirrored = [nFeatures, ...layers.slice(0, -1)].reverse()
  return {
    name: 'lstm',
    title: `lstm ${steps}x${[nFeatures, ...layers, code].join('-')}`,
    sample,
    encoder: sequential(lstmStack('l', layers), flat(steps * last), linear('fc', code)),
    decoder: sequential(linear('fc', steps * last, { bias: true }), shaped(steps, last), lstmStack('l', mirrored)),
  }
}

function flat(size: number): Module {
  return (x) => reshape(x, [...x.shape.slice(0, 2), size])
}

function shaped(steps: number, size: number): Module {
  return (x) => reshape(x, [...x.shape.slice(0, 2), steps, size])
}
