import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import process from 'node:process'
import { ScoringBiasError } from './errors.js'

const manifest = manifestIn(new URL('../package.json', import.meta.url))

/** Version of this package. */
export const version = manifest.version

/** Version of DuckDB that this package takes. */
export const duckdbVersion = manifest.dependencies['@duckdb/node-api']

/** Versions of what a result also depends on. Errors: those of {@link onnxruntimeFile}. */
export function runtimeVersions(): { node: string; 'onnxruntime-node': string } {
  return { node: process.versions.node, 'onnxruntime-node': manifestIn(onnxruntimeFile('package.json')).version }
}

/**
 * Path of a file of onnxruntime-node, or of its entry. Errors: `NOT_INSTALLED` without the package, which is optional:
 * only detectors need it.
 */
export function onnxruntimeFile(name?: 'package.json'): string {
  try {
    return createRequire(import.meta.url).resolve(['onnxruntime-node', ...(name === undefined ? [] : [name])].join('/'))
  } catch (cause) {
    // Its own script downloads what only GPUs need, and fails without a network.
    const command = `npm install --ignore-scripts onnxruntime-node@${manifest.optionalDependencies['onnxruntime-node']}`
    const message = `detectors train and score with onnxruntime-node, which is not installed; install it with \`${command}\``
    throw new ScoringBiasError('NOT_INSTALLED', message, { cause })
  }
}

/** Make of the processor, and system: float32 training may differ between two. For example `AMD EPYC 9B45, linux x64`. */
export function processorName(): string {
  const model = cpus()[0]?.model.trim() ?? ''
  return [...(model === '' ? [] : [model]), `${process.platform} ${process.arch}`].join(', ')
}

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
}

function manifestIn(path: string | URL): Manifest {
  return JSON.parse(readFileSync(path, 'utf8'))
}
