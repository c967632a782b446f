import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as ops from '../graph/ops.js'
import { encodeModel } from '../onnx/encode.js'

/**
 * Whether the CUDA provider's library lies beside onnxruntime-node's own. The npm package comes without it; its install
 * script adds it. That a session then opens (a GPU, its driver, the CUDA libraries) is known only by trying.
 */
export function cudaProviderInstalled(): boolean {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node')
  const folder = join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch)
  return existsSync(join(folder, 'libonnxruntime_providers_cuda.so'))
}

/** A small model to try it with. */
export function probeModel(): Uint8Array {
  const x = ops.input('x', 'float32', ['N'])
  return encodeModel('probe', [x], { y: ops.mul(x, 2) })
}
