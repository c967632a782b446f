// How often intervals over a range of targets hold: npm run bench:range [-- DATASETS] [--table]. Simulates scores whose true ξ
// is known, on all cores, and writes bench/range.json as it goes. --table only prints docs/targets.md's table of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { benchFolder } from './harness.js'
import { type RangeCoverage, rangeTable, rangeTables, simulateRange } from './rangeCell.js'
import { readGrid, simulateGrid } from './shares.js'

const path = join(benchFolder, 'range.json')
const [mode = '2000', ...rest] = process.argv.slice(2)
if (mode === '--share') {
  const [first = 0, step = 1, dataSets = 0] = rest.map(Number)
  for (const [number, table] of rangeTables.entries()) {
    if (number % step === first) console.log(JSON.stringify(await simulateRange(table, number, dataSets)))
  }
} else {
  if (mode !== '--table') await simulateGrid(fileURLToPath(import.meta.url), path, rangeTables.length, Number(mode))
  console.log(rangeTable(readGrid<RangeCoverage>(path).cells))
}
