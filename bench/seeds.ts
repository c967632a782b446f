// How often intervals hold, and tables have a false arrow, where detectors were trained several times: npm run bench:seeds
// [-- DATASETS] [--table]. Simulates trainings and samples whose true ξ is known, on all cores, and writes bench/seeds.json as
// it goes. --table only prints docs/seeds.md's table of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { benchFolder } from './harness.js'
import { type SeedsCoverage, seedsTable, seedsTables, simulateSeeds } from './seedsCell.js'
import { readGrid, simulateGrid } from './shares.js'

const path = join(benchFolder, 'seeds.json')
const [mode = '2000', ...rest] = process.argv.slice(2)
if (mode === '--share') {
  const [first = 0, step = 1, dataSets = 0] = rest.map(Number)
  for (const [number, table] of seedsTables.entries()) {
    if (number % step === first) console.log(JSON.stringify(await simulateSeeds(table, number, dataSets)))
  }
} else {
  if (mode !== '--table') await simulateGrid(fileURLToPath(import.meta.url), path, seedsTables.length, Number(mode))
  console.log(seedsTable(readGrid<SeedsCoverage>(path).cells))
}
