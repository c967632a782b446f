import { runtimeVersions, version } from '../version.js'
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
    const [first, ...rest] = panels.filter(({ table }) => table.scenario.dataset === name)
    if (first === undefined) continue
    const tables = [first.table, ...rest.map(({ table }) => table)] as const
    const repeated = await repeatScenarios(tables, [{ baseline, candidate }], options)
    for (const [i, { label, table }] of [first, ...rest].entries()) {
      const scenario = repeated[i]
      if (scenario !== undefined) drawn.push({ label, table: table.name, ...scenario })
    }
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
    elapsedSeconds: (performance.now() - began) / 1000,
    attribution: all(({ attribution }) => [attribution]).join('; '),
    version,
    versions: runtimeVersions(),
  }
}

function tableItem(name: string): TableItem {
  const item = paperItem(name)
  if (item.kind !== 'table') throw new Error(`${name} is a table`)
  return item
}
