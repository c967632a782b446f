import { cpu } from './providers/cpu.js'
import { cuda } from './providers/cuda.js'

/** All devices, the one that is always there first: `auto` takes the last of them that is installed and opens. */
export const providers = [cpu, cuda] as const
