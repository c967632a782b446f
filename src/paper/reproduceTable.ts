import { runtimeVersions, version } from '../version.js'
import type { TableItem } from './paperItems.js'
import { repeatScenarios } from './repeatScenarios.js'
import type { CheckedReproduceOptions } from './reproduceOptions.js'
import type { TableReproduction } from './types.js'

const pairs = [
  { baseline: 'deep-svdd', candidate: 'deep-sad' },
  { baseline: 'deep-svdd', candidate: 'hsc' },
  { baseline: 'ae', candidate: 'sae' },
  { baseline: 'ae', candidate: 'abc' },
] as const

/**
 * Repeats one of Tables 3–11: trains all six detectors in its scenario with the published settings, and sets recall, ξ and
 * arrows of every class beside the printed ones.
 */
export async function reproduceTable(item: TableItem, options: CheckedReproduceOptions): Promise<TableReproduction> {
  const began = performance.now()
  const [repeated] = await repeatScenarios([item], pairs, options)
  if (repeated === undefined) throw new Error('one table gives one result')
  return {
    kind: 'table',
    item: item.name,
    title: item.title,
    size: options.size,
    seed: options.seed,
    ...repeated,
    elapsedSeconds: (performance.now() - began) / 1000,
    version,
    versions: runtimeVersions(),
  }
}
