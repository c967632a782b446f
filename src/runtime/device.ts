import { requireKnown, show } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { frozen } from '../frozen.js'
import { automaticDevice, automaticReason, providerOf, providers } from './providers.js'

/** Where graphs run. */
export type Device = (typeof providers)[number]['name']
export const devices: readonly Device[] = providers.map(({ name }) => name)

/** What a user asks for: `auto` is `automaticDevice` of `providers.ts`. */
export type DeviceRequest = 'auto' | Device
/** What can be asked for as a device. */
export const deviceRequests: readonly DeviceRequest[] = frozen(['auto', ...devices])

/** The device that is meant. */
export function chosenDevice(request: DeviceRequest = 'auto'): Device {
  return request === 'auto' ? automaticDevice : request
}

/** Where a result was computed, as it says itself. */
export interface TakenDevice {
  readonly device: Device
  /** Why there: present where `auto` chose it. It is not of the result itself, and no store has it. */
  readonly deviceReason?: string
}

/** @param asked by default for `auto`; a trainer of the caller's has a device of its own */
export function takenDevice(
  device: Device,
  { device: request = 'auto', trainer }: { readonly device?: DeviceRequest | undefined; readonly trainer?: unknown },
): TakenDevice {
  return { device, ...(request === 'auto' && trainer === undefined && { deviceReason: automaticReason }) }
}

/** How many workers train at a time of those asked for: one where a device takes one thread at a time. */
export function workersOn(request: DeviceRequest | undefined, workers: number): number {
  return providerOf(chosenDevice(request)).sharedContext ? 1 : workers
}

/** A device's name in reports and messages. Errors: `UNKNOWN_NAME`. */
export function deviceTitle(device: string): string {
  const known = requireKnown('device', device, devices)
  return providers.find(({ name }) => name === known)?.title ?? known
}

/**
 * The device that a file names as where its numbers were computed.
 * Errors: `BAD_FILE` for one that this version does not know, which is never read as another.
 */
export function requireDevice(value: unknown, file: string): Device {
  const device = devices.find((name) => name === value)
  if (device !== undefined) return device
  throw new ScoringBiasError(
    'BAD_FILE',
    `${file} names the device ${show(value)}, which this version of scoring-bias does not know (${devices.join(', ')}): use a newer one`,
  )
}
