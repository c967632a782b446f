import type { Provider } from './provider.js'

/** GPUs by Vulkan, Metal or Direct3D 12. The npm package of onnxruntime-node has it, but on Linux arm64. */
export const webgpu = {
  name: 'webgpu',
  title: 'WebGPU',
  // That there is a GPU is known only by trying.
  installed: () => process.platform !== 'linux' || process.arch === 'x64',
  sessionOptions: () => ({ executionProviders: ['webgpu'] }),
  missing: "Install the GPU's driver (on Debian: mesa-vulkan-drivers and libvulkan1)",
  explain: (message) =>
    /Failed to get a WebGPU adapter/.test(message)
      ? 'no GPU was found through Vulkan, Metal or Direct3D 12'
      : undefined,
  // https://github.com/microsoft/onnxruntime/issues/32561
  sharedContext: true,
  copiesCaptured: true,
} as const satisfies Provider
