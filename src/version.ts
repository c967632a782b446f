import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import process from 'node:process'

/** Version of this package. */
export const version = versionIn(new URL('../package.json', import.meta.url))

/** Versions of what a result also depends on. */
export function runtimeVersions(): { node: string; 'onnxruntime-node': string } {
  const onnxruntime = createRequire(import.meta.url).resolve('onnxruntime-node/package.json')
  return { node: process.versions.node, 'onnxruntime-node': versionIn(onnxruntime) }
}

/** Make of the processor, and system: float32 training may differ between two. For example `AMD EPYC 9B45, linux x64`. */
export function processorName(): string {
  const model = cpus()[0]?.model.trim() ?? ''
  return [...(model === '' ? [] : [model]), `${process.platform} ${process.arch}`].join(', ')
}

function versionIn(path: string | URL): string {
  const file: { version: string } = JSON.parse(readFileSync(path, 'utf8'))
  return file.version
}
