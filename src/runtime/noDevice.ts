import { ScoringBiasError } from '../errors.js'
import type { Provider } from './providers/provider.js'

/** Why a device cannot be used, and the way out. */
export function noDevice({ name, missing }: Provider, why: string, cause?: unknown): ScoringBiasError {
  const way = `${missing === undefined ? 'Choose' : `${missing}, or choose`} device 'auto' or 'cpu'`
  return new ScoringBiasError('NO_DEVICE', `device '${name}' cannot be used: ${why}. ${way}`, { cause })
}
