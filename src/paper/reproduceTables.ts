import { at, invariant } from '../check.js'
import { provenance } from '../study/core/provenance.js'
import type { TrainingPlan } from '../study/trainingPlan.js'
import { paperPairs } from './paperDetectors.js'
import { headOf, paperItem, type RecallItem, type TableItem } from './paperItems.js'
import { repeatScenarios, tableTrainings } from './repeatScenarios.js'
import type { CheckedReproduceOptions } from './reproduceOptions.js'
import type { RecallPanel, RecallReproduction, TableReproduction } from './types.js'

/**
 * Repeats one of Tables 3–11: trains all six detectors in its scenario with the published settings, and sets recall, ξ and
 * arrows of every class beside the printed ones.
 */
export async function reproduceTable(item: TableItem, options: CheckedReproduceOptions): Promise<TableReproduction> {
  const began = performance.now()
  const repeated = at(await repeatScenarios([item], paperPairs, options), 0)
  return {
    ...headOf(item),
    size: options.size,
    seed: options.seed,
    ...repeated,
    ...provenance(began, repeated.attribution),
  }
}

/** Repeats Figure 3: trains its two detectors in the scenarios of four tables, whose printed figures its bars stand for. */
export async function reproduceRecall(item: RecallItem, options: CheckedReproduceOptions): Promise<RecallReproduction> {
  const began = performance.now()
  const { baseline, candidate } = item
  const drawn: RecallPanel[] = []
  for (const { own, tables } of panelsByData(item)) {
    const repeated = await repeatScenarios(tables, [{ baseline, candidate }], options)
    drawn.push(...own.map(({ label, table }, i) => ({ label, table: table.name, ...at(repeated, i) })))
  }
  const all = (of: (panel: RecallPanel) => readonly string[]) => [...new Set(drawn.flatMap(of))]
  return {
    ...headOf(item),
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

/** What the item's detectors are trained on: of tables one data set, of Figure 3 two. */
export async function recallTrainings(
  item: TableItem | RecallItem,
  options: CheckedReproduceOptions,
): Promise<TrainingPlan[]> {
  if (item.kind === 'table') return [await tableTrainings([item], paperPairs, options)]
  const { baseline, candidate } = item
  return Promise.all(panelsByData(item).map(({ tables }) => tableTrainings(tables, [{ baseline, candidate }], options)))
}

/** The panels of Figure 3 with their tables, data set by data set. */
function panelsByData(item: RecallItem) {
  const panels = item.panels.map(({ label, table }) => ({ label, table: tableItem(table) }))
  return item.data.map((name) => {
    const own = panels.filter(({ table }) => table.scenario.dataset === name)
    const [first, ...rest] = own.map(({ table }) => table)
    invariant(first !== undefined, `${item.name} has no panel of ${name}`)
    return { own, tables: [first, ...rest] as const }
  })
}

function tableItem(name: string): TableItem {
  const item = paperItem(name)
  invariant(item.kind === 'table', `${name} is no table`)
  return item
}
