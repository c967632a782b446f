import { at, invariant } from '../check.js'
import { provenance } from '../study/core/provenance.js'
import { paperItem, type RecallItem, type TableItem } from './paperItems.js'
import { repeatScenarios } from './repeatScenarios.js'
import type { CheckedReproduceOptions } from './reproduceOptions.js'
import type { RecallPanel, RecallReproduction } from './types.js'

/** Repeats Figure 3: trains its two detectors in the scenarios of four tables, whose printed figures its bars stand for. */
export async function reproduceRecall(item: RecallItem, options: CheckedReproduceOptions): Promise<RecallReproduction> {
  const began = performance.now()
  const { baseline, candidate } = item
  const panels = item.panels.map(({ label, table }) => ({ label, table: tableItem(table) }))
  const drawn: RecallPanel[] = []
  for (const name of item.data) {
    const own = panels.filter(({ table }) => table.scenario.dataset === name)
    const [first, ...rest] = own.map(({ table }) => table)
    invariant(first !== undefined, `${item.name} has no panel of ${name}`)
    const repeated = await repeatScenarios([first, ...rest], [{ baseline, candidate }], options)
    drawn.push(...own.map(({ label, table }, i) => ({ label, table: table.name, ...at(repeated, i) })))
  }
  const all = (of: (panel: RecallPanel) => readonly string[]) => [...new Set(drawn.flatMap(of))]
  return {
    kind: 'recall',
    item: item.name,
    title: item.title,
    simulated: drawn.some(({ simulated }) => simulated),
    size: options.size,
    seed: options.seed,
    detectors: { baseline, candidate },
    panels: drawn.sort((a, b) => a.label.localeCompare(b.label)),
    notes: ['the printed figure has no numbers: the marks are those of the tables of the same scenarios'],
    warnings: all(({ label, warnings }) => warnings.map((warning) => `panel ${label}: ${warning}`)),
    ...provenance(began, all(({ attribution }) => [attribution]).join('; ')),
  }
}

function tableItem(name: string): TableItem {
  const item = paperItem(name)
  invariant(item.kind === 'table', `${name} is no table`)
  return item
}
