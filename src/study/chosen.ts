import { requireSettings, type TrainingSettings } from '../detectors/settings.js'
import { ScoringBiasError } from '../errors.js'
import { showShape } from '../graph/tensor.js'
import { type MlpOptions, mlp } from '../nn/mlp.js'
import type { Network } from '../nn/network.js'
import { network as publishedNetwork } from '../nn/networks.js'
import { elements } from '../nn/parameters.js'

export function chosenSettings(published: TrainingSettings, asked: Partial<TrainingSettings> = {}): TrainingSettings {
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
  return requireSettings({ ...published, ...given })
}

export function chosenNetwork(
  {
    network: asked,
    mlp: layers,
  }: { readonly network?: string | Network | undefined; readonly mlp?: MlpOptions | undefined },
  {
    published,
    sample,
    name,
  }: { readonly published: string; readonly sample: readonly number[]; readonly name: string },
): Network {
  const chosen = asked ?? published
  if (layers !== undefined && chosen !== 'mlp')
    throw new ScoringBiasError('OUT_OF_RANGE', "the sizes of layers in 'mlp' are those of network 'mlp' only")
  const network =
    chosen === 'mlp' && layers !== undefined
      ? mlp(elements(sample), layers)
      : typeof chosen === 'string'
        ? publishedNetwork(chosen, sample)
        : chosen
  if (elements(network.sample) !== elements(sample)) {
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `network '${network.name}' takes samples of shape ${showShape(network.sample)}, ${name} has ${showShape(sample)}`,
    )
  }
  return network
}
