// How often a study's or a matrix's table has a false arrow, and how often its intervals hold, by number of runs: npm run
// bench:runs [-- DATASETS] [--table]. Simulates runs and samples whose true ξ is known, on all cores, and writes
// bench/runs.json as it goes. --table only prints docs/intervals.md's table of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { benchFolder } from './harness.js'
import { type RunsCoverage, runsTable, runsTables, simulateRuns } from './runsCell.js'
import { readGrid, simulateGrid } from './shares.js'

const path = join(benchFolder, 'runs.json')
const [mode = '1000', ...rest] = process.argv.slice(2)
if (mode === '--share') {
  const [first = 0, step = 1, dataSets = 0] = rest.map(Number)
  for (const [number, table] of runsTables.entries()) {
    if (number % step !== first) continue
    // A matrix costs as much as thirty studies: a third of the data sets has to do.
    const own = table.rows > 1 ? Math.ceil(dataSets / 3) : dataSets
    console.log(JSON.stringify(await simulateRuns(table, number, own)))
  }
} else {
  if (mode !== '--table') await simulateGrid(fileURLToPath(import.meta.url), path, runsTables.length, Number(mode))
  console.log(runsTable(readGrid<RunsCoverage>(path).cells))
}
