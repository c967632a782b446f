import { firstLine } from './firstLine.js'
import type { Obstacle } from './providers/provider.js'

/** What is said where the memory of a device has no room left, in the words of CUDA, of ONNX Runtime's allocators or of Vulkan. */
export function noMemory(message: string): Obstacle | undefined {
  if (!/out of memory|OUT_OF_(DEVICE_)?MEMORY|failed to allocate memory/i.test(message)) return undefined
  return {
    why: `its memory has no room left (${firstLine(message)})`,
    way: 'End what else uses that memory, or take fewer workers or smaller batches',
  }
}
