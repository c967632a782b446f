import Table from 'cli-table3'
import { showShape } from '../../graph/tensor.js'
import type { ModelEntry, TensorEntry } from '../../models/emitModel.js'
import type { ModelManifest } from '../../models/manifest.js'

/** A manifest for people at a terminal: a table of the models, and what the named sizes in it mean. No colours. */
export function modelsText({ models, sizes }: ModelManifest): string {
  const rows = new Table({
    head: ['model', 'inputs', 'outputs', 'parameters', 'bytes', 'SHA-256'],
    colAligns: ['left', 'left', 'left', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  })
  for (const model of models) rows.push(row(model))
  const named = Object.entries(sizes).map(([name, meaning]) => `${name}: ${meaning}`)
  return [rows.toString(), ...named].join('\n')
}

function row({ name, inputs, outputs, nParameters, size, sha256 }: ModelEntry): string[] {
  return [name, list(inputs), list(outputs), String(nParameters), String(size), sha256.slice(0, 12)]
}

function list(tensors: readonly TensorEntry[]): string {
  return tensors.map(({ name, dtype, shape }) => `${name} ${dtype}${showShape(shape)}`).join('\n')
}
