import { at, invariant } from '../check.js'
import { cpu } from './providers/cpu.js'
import { cuda } from './providers/cuda.js'
import type { Provider } from './providers/provider.js'
import { webgpu } from './providers/webgpu.js'

/** All devices, the one that is always there first. */
export const providers = [cpu, cuda, webgpu] as const

/** The device of a name that was checked. */
export function providerOf(device: string): Provider {
  const found: Provider | undefined = providers.find(({ name }) => name === device)
  invariant(found !== undefined, `no device is named ${device}`)
  return found
}

/**
 * What `auto` takes: the device that is always there. Another one would take its place for the networks and numbers of replicas
 * for which it was measured to be faster; none was, on any. A small network has some 130 kernels a step, and a CPU is done with all of
 * them in the time in which a GPU has started them.
 */
export const automaticDevice = at(providers, 0).name

/** Why, for people; docs/gpu.md says which were measured. */
export const automaticReason = 'no other device has been measured to be faster'
