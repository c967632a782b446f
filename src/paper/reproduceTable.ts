import { at } from '../check.js'
import { provenance } from '../study/core/provenance.js'
import { paperPairs } from './paperDetectors.js'
import type { TableItem } from './paperItems.js'
import { repeatScenarios } from './repeatScenarios.js'
import type { CheckedReproduceOptions } from './reproduceOptions.js'
import type { TableReproduction } from './types.js'

/**
 * Repeats one of Tables 3–11: trains all six detectors in its scenario with the published settings, and sets recall, ξ and
 * arrows of every class beside the printed ones.
 */
export async function reproduceTable(item: TableItem, options: CheckedReproduceOptions): Promise<TableReproduction> {
  const began = performance.now()
  const repeated = at(await repeatScenarios([item], paperPairs, options), 0)
  return {
    kind: 'table',
    item: item.name,
    title: item.title,
    size: options.size,
    seed: options.seed,
    ...repeated,
    ...provenance(began, repeated.attribution),
  }
}
