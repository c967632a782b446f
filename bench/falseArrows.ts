// How often a table of classes has a false arrow, and how often all of its intervals hold: npm run bench:falseArrows
// [-- DATASETS] [FIRST-LAST,…], by default 1000 tables of every cell; or --table. Simulates tables whose true ξ is known, in rounds
// over all cells, and adds them to bench/falseArrows.json as it goes: the next run goes on where this one was. FIRST-LAST are
// numbers of cells. --table only prints the tables of docs/intervals.md of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import {
  addTables,
  falseArrowsTable,
  noTables,
  simulateTable,
  type TableCoverage,
  type TableWork,
  tables,
} from './falseArrowsCell.js'
import { benchFolder } from './harness.js'
import { answerWork, growGrid, readGrid } from './shares.js'

const path = join(benchFolder, 'falseArrows.json')
const script = fileURLToPath(import.meta.url)
const [mode = '1000', ranges] = process.argv.slice(2)
if (mode === '--worker') {
  await answerWork(async (work: TableWork) => simulateTable(work))
} else {
  const byNumber = new Map(readGrid<TableCoverage>(path).cells.map((cell) => [cell.number, cell]))
  const cells = tables.map((table, number) => ({ ...noTables, ...byNumber.get(number), ...table, number }))
  if (mode !== '--table') {
    // Large tables cost as much as ten small ones: a fifth of the data sets has to do.
    const missing = ({ number, dataSets, classes }: TableCoverage, most: number): TableWork[] => {
      const end = classes > 10 ? Math.ceil(most / 5) : most
      return dataSets < end ? [{ number, first: dataSets, end }] : []
    }
    await growGrid({ path, script, cells, missing, add: addTables }, Number(mode), ranges)
  }
  console.log(falseArrowsTable(cells))
}
