import { formatCount } from '../../counted.js'
import { showShape } from '../../graph/tensor.js'
import type { TensorEntry } from '../../models/emitModel.js'
import type { ModelManifest } from '../../models/manifest.js'
import { textTable } from '../textTable.js'

/** A manifest for people at a terminal: a table of the models, and what the named sizes in it mean. No colours. */
export function modelsText({ models, sizes }: ModelManifest): string {
  const rows = models.map(({ name, inputs, outputs, nParameters, size, sha256 }) => {
    return [name, list(inputs), list(outputs), formatCount(nParameters), formatCount(size), sha256.slice(0, 12)]
  })
  const head = ['model', 'inputs', 'outputs', 'parameters', 'bytes', 'SHA-256']
  const named = Object.entries(sizes).map(([name, meaning]) => `${name}: ${meaning}`)
  return [textTable(head, rows, { align: 'lllrrl', compact: false }), ...named].join('\n')
}

function list(tensors: readonly TensorEntry[]): string {
  return tensors.map(({ name, dtype, shape }) => `${name} ${dtype}${showShape(shape)}`).join('\n')
}
