// How often what `plan` promises of gates, candidates and groups is seen: npm run bench:planKinds [-- DATASETS] [--table]. Plans,
// simulates data sets of that size on all cores, and writes bench/planKinds.json as it goes. --table only prints
// docs/plan.md's table of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { benchFolder } from './harness.js'
import { type PlannedKind, planKinds, planKindsTable, simulateKind } from './planKindsCell.js'
import { type PlannedTrainings, plannedTrainings, plannedTrainingsTable, simulateTrainings } from './planSeedsCell.js'
import { readGrid, simulateGrid } from './shares.js'

const path = join(benchFolder, 'planKinds.json')
const [mode = '1000', ...rest] = process.argv.slice(2)
if (mode === '--share') {
  const [first = 0, step = 1, dataSets = 0] = rest.map(Number)
  for (const [number, kind] of planKinds.entries()) {
    if (number % step === first) console.log(JSON.stringify(await simulateKind(kind, number, dataSets)))
  }
} else {
  if (mode !== '--table') await simulateGrid(fileURLToPath(import.meta.url), path, planKinds.length, Number(mode))
  console.log(planKindsTable(readGrid<PlannedKind>(path).cells))
  // Of trainings there are a few cases of a minute each, which need no file.
  const cells: PlannedTrainings[] = []
  for (const [number, table] of mode === '--table' ? [] : plannedTrainings.entries()) {
    cells.push(await simulateTrainings(table, 100 + number, Number(mode)))
  }
  if (cells.length > 0) console.log(plannedTrainingsTable(cells))
}
