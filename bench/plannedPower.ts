// How often the arrow that `plan` promises is seen: npm run bench:plannedPower [-- DATASETS] [--table]. Predicts power and
// width, simulates data sets of that size on all cores, and writes bench/plannedPower.json as it goes. --table only prints
// docs/theory.md's table of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { benchFolder } from './harness.js'
import { type PlannedPower, plannedCases, plannedPowerTable, simulatePlan } from './plannedPowerCell.js'
import { readGrid, simulateGrid } from './shares.js'

const path = join(benchFolder, 'plannedPower.json')
const [mode = '2000', ...rest] = process.argv.slice(2)
if (mode === '--share') {
  const [first = 0, step = 1, dataSets = 0] = rest.map(Number)
  for (const [number, planned] of plannedCases.entries()) {
    if (number % step !== first) continue
    // Several classes say more, and cost more.
    const own = planned.classes > 1 ? Math.ceil(dataSets * 0.4) : dataSets
    console.log(JSON.stringify(await simulatePlan(planned, number, own)))
  }
} else {
  if (mode !== '--table') await simulateGrid(fileURLToPath(import.meta.url), path, plannedCases.length, Number(mode))
  console.log(plannedPowerTable(readGrid<PlannedPower>(path).cells))
}
