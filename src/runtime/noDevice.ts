import { ScoringBiasError } from '../errors.js'
import { firstLine } from './firstLine.js'
import type { Obstacle, Provider } from './providers/provider.js'

/** Why a device cannot be used, and the way out. */
export function noDevice({ name }: Provider, { why, way }: Obstacle, cause?: unknown): ScoringBiasError {
  const message = `device '${name}' cannot be used: ${why}. ${orAnother(way, "device 'auto' or 'cpu'")}`
  return new ScoringBiasError('NO_DEVICE', message, { cause })
}

/** Why no session opens on a device, from ONNX Runtime's words. */
export function didNotOpen(provider: Provider, message: string, cause?: unknown): ScoringBiasError {
  const obstacle = provider.explain?.(message) ?? { why: `its provider did not open (${firstLine(message)})` }
  return noDevice(provider, obstacle, cause)
}

/** The way out of an obstacle, or another device. */
export function orAnother(way: string | undefined, device: string): string {
  return `${way === undefined ? 'Choose' : `${way}, or choose`} ${device}`
}
