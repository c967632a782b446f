// Loaded before the program (--import, which worker threads inherit): CUDA as far as this package can tell, though the CPU
// computes. In each thread PRETENDED_SESSIONS of its sessions open; every later one fails as a full GPU does.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { InferenceSession } from 'onnxruntime-node'

const { existsSync } = fs
fs.existsSync = (path) => String(path).endsWith('libonnxruntime_providers_cuda.so') || existsSync(path)
syncBuiltinESMExports()

const create = InferenceSession.create.bind(InferenceSession)
let left = Number(process.env.PRETENDED_SESSIONS ?? Number.POSITIVE_INFINITY)
InferenceSession.create = async (model, options) => {
  if (!options.executionProviders.includes('cuda')) return create(model, options)
  if (left-- <= 0) throw new Error('CUDA failure 2: out of memory')
  return create(model, { ...options, executionProviders: ['cpu'] })
}
