import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onnxruntimeFile } from '../../version.js'
import type { Provider } from './provider.js'

/** NVIDIA GPUs. The npm package of onnxruntime-node comes without it; its install script adds it. */
export const cuda = {
  name: 'cuda',
  title: 'CUDA',
  // That a session then opens (a GPU, its driver, the CUDA libraries) is known only by trying.
  installed: () => {
    const folder = join(dirname(onnxruntimeFile()), '..', 'bin', 'napi-v6', process.platform, process.arch)
    return existsSync(join(folder, 'libonnxruntime_providers_cuda.so'))
  },
  sessionOptions: () => ({ executionProviders: ['cuda'] }),
  missing:
    'Install the provider with `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node --foreground-scripts` ' +
    '(Linux x64, CUDA 12 and cuDNN 9)',
} as const satisfies Provider
