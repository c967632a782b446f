// How often a table of classes has a false arrow, and how often all of its intervals hold: npm run bench:falseArrows
// [-- DATASETS] [--table]. Simulates tables whose true ξ is known, on all cores, and writes bench/falseArrows.json as it
// goes. --table only prints docs/intervals.md's table of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { falseArrowsTable, simulateTable, type TableCoverage, tables } from './falseArrowsCell.js'
import { benchFolder } from './harness.js'
import { readGrid, simulateGrid } from './shares.js'

const path = join(benchFolder, 'falseArrows.json')
const [mode = '1000', ...rest] = process.argv.slice(2)
if (mode === '--share') {
  const [first = 0, step = 1, dataSets = 0] = rest.map(Number)
  for (const [number, table] of tables.entries()) {
    if (number % step !== first) continue
    // Large tables cost as much as ten small ones: a third of the data sets has to do.
    const own = table.classes > 10 ? Math.ceil(dataSets / 3) : dataSets
    console.log(JSON.stringify(await simulateTable(table, number, own)))
  }
} else {
  if (mode !== '--table') await simulateGrid(fileURLToPath(import.meta.url), path, tables.length, Number(mode))
  console.log(falseArrowsTable(readGrid<TableCoverage>(path).cells))
}
