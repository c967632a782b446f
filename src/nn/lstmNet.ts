import { anything, integer, list, requireInteger, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { flatten, linear, view } from './layers.js'
import { lstmStack } from './lstm.js'
import { sequential } from './module.js'
import type { Network } from './network.js'

/** Options of {@link lstmNet}. */
export interface LstmNetOptions {
  /** Hidden units of the encoder's LSTM layers, from the input on. Default [64, 32], as in the paper's program. */
  readonly layers?: readonly number[] | undefined
  /** Length of the code. Default 32, as published. */
  readonly code?: number | undefined
}

/**
 * The recurrent network of the paper's spectrum experiments, for samples [steps, features], by default spectrograms of
 * 125 × 128: LSTM layers 128 → 64 → 32 over the steps, the hidden states of all steps side by side, and a linear layer
 * without bias to the code. The decoder undoes them: a linear layer with bias to the states of all steps, LSTM layers
 * 32 → 64 → 128. The paper says three layers and its program has two, hence the option.
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`.
 */
export function lstmNet(
  sample: readonly [steps: number, features: number] = [125, 128],
  options: LstmNetOptions = {},
): Network {
  const checks = { layers: list(integer(1)), code: integer(1) }
  const { layers = [64, 32], code = 32 } = requireOptions('lstmNet', options, checks)
  list(anything)('sample', sample)
  const [steps, nFeatures] = sample
  requireInteger('steps', steps, 1)
  requireInteger('nFeatures', nFeatures, 1)
  const last = layers.at(-1)
  if (last === undefined) throw new ScoringBiasError('OUT_OF_RANGE', 'layers must name at least one LSTM layer, got []')
  return {
    name: 'lstm',
    title: `lstm ${steps}×${[nFeatures, ...layers, code].join('-')}`,
    sample: [steps, nFeatures],
    encoder: sequential(lstmStack('l', layers), flatten('flatten'), linear('fc', code)),
    decoder: sequential(
      linear('fc', steps * last, { bias: true }),
      view('view', steps, last),
      lstmStack('l', [nFeatures, ...layers.slice(0, -1)].reverse()),
    ),
  }
}
