import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onnxruntimeFile } from '../../version.js'
import { firstLine } from '../firstLine.js'
import { noMemory } from '../noMemory.js'
import type { Obstacle, Provider } from './provider.js'

/** What it is built for; this package has not seen it run. */
const libraries = "CUDA 12 and cuDNN 9, by ONNX Runtime's documentation"

/** NVIDIA GPUs. The npm package of onnxruntime-node comes without it; a script in that package fetches it. */
export const cuda = {
  name: 'cuda',
  title: 'CUDA',
  // That a session then opens (a GPU, its driver, the CUDA libraries) is known only by trying.
  absence: (platform: string = process.platform, arch: string = process.arch): Obstacle | undefined => {
    if (existsSync(providerFile(platform, arch))) return undefined
    if (platform === 'linux' && arch === 'x64') return { why: 'its provider is not installed', way: fetchIt() }
    return { why: `onnxruntime-node has no CUDA for ${platform} ${arch}`, way: 'Take a machine with Linux x64' }
  },
  sessionOptions: () => ({ executionProviders: ['cuda'] }),
  explain: (message) =>
    [notLoaded, noDriver, noMemory].reduce<Obstacle | undefined>((found, of) => found ?? of(message), undefined),
} as const satisfies Provider

function providerFile(platform: string = process.platform, arch: string = process.arch): string {
  return join(packageFolder(), 'bin', 'napi-v6', platform, arch, 'libonnxruntime_providers_cuda.so')
}

function packageFolder(): string {
  return dirname(onnxruntimeFile('package.json'))
}

/**
 * npm runs no script that `allowScripts` of package.json forbids, and `npm rebuild` says nothing of that; so Node runs it. The script takes `true` at its
 * word, while it reads `cuda12` as nothing said, and then skips what is there, broken or not.
 */
function fetchIt(): string {
  const script = join(packageFolder(), 'script', 'install.js')
  return `Fetch it with \`ONNXRUNTIME_NODE_INSTALL=true node ${shellWord(script)}\` (not tried here; it needs ${libraries})`
}

function shellWord(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}

/** ONNX Runtime has no other words for a provider of which a library is missing, and prints which. */
function notLoaded(message: string): Obstacle | undefined {
  if (!/Failed to load shared library/.test(message)) return undefined
  return {
    why: `its provider did not load (${firstLine(message)})`,
    way: `Install what it is linked to (${libraries}); \`ldd ${shellWord(providerFile())}\` says what is missing`,
  }
}

/** https://docs.nvidia.com/cuda/cuda-runtime-api: 35 is cudaErrorInsufficientDriver, 100 is cudaErrorNoDevice. */
function noDriver(message: string): Obstacle | undefined {
  if (!/CUDA failure (35|100)\b/.test(message)) return undefined
  return {
    why: `its provider found no GPU that it can use (${firstLine(message)})`,
    way: "Install the GPU's driver anew",
  }
}
