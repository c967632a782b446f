import { noMemory } from '../noMemory.js'
import type { Obstacle, Provider } from './provider.js'

/** GPUs by Vulkan, Metal or Direct3D 12. The npm package of onnxruntime-node has it, but on Linux arm64. */
export const webgpu = {
  name: 'webgpu',
  title: 'WebGPU',
  // That there is a GPU is known only by trying.
  absence: (platform: string = process.platform, arch: string = process.arch): Obstacle | undefined =>
    platform !== 'linux' || arch === 'x64'
      ? undefined
      : { why: `onnxruntime-node has no WebGPU for ${platform} ${arch}`, way: 'Take another machine' },
  sessionOptions: () => ({ executionProviders: ['webgpu'] }),
  explain: (message) =>
    /Failed to get a WebGPU adapter/.test(message)
      ? {
          why: 'no GPU was found through Vulkan, Metal or Direct3D 12',
          way: "Install the GPU's driver (on Debian: mesa-vulkan-drivers and libvulkan1)",
        }
      : noMemory(message),
  // https://github.com/microsoft/onnxruntime/issues/32561
  sharedContext: true,
  copiesCaptured: true,
} as const satisfies Provider
