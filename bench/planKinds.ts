// How often what `plan` promises of gates, candidates and groups is seen: npm run bench:planKinds [-- DATASETS] [--table]. Plans,
// simulates data sets of that size on all cores, and writes bench/planKinds.json as it goes. --table only prints
// docs/plan.md's table of what is there.
import process from 'node:process'
import { planKinds, planKindsTable, simulateKind } from './planKindsCell.js'
import { type PlannedTrainings, plannedTrainings, plannedTrainingsTable, simulateTrainings } from './planSeedsCell.js'
import { runGrid } from './shares.js'

const byDefault = 1000
await runGrid(
  {
    script: import.meta.url,
    file: 'planKinds.json',
    tables: planKinds,
    simulate: simulateKind,
    print: planKindsTable,
  },
  byDefault,
)
// Of trainings there are a few cases of a minute each, which need no file.
const [mode = `${byDefault}`] = process.argv.slice(2)
if (!mode.startsWith('--')) {
  const cells: PlannedTrainings[] = []
  for (const [number, table] of plannedTrainings.entries()) {
    cells.push(await simulateTrainings(table, 100 + number, Number(mode)))
  }
  console.log(plannedTrainingsTable(cells))
}
