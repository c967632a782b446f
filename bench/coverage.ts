// How often the intervals of bootstrapInterval hold the true ξ: npm run bench:coverage
// [-- DATASETS | --table | --confidence DATASETS].
// Simulates data sets of two paired detectors whose true ξ is known, cell by cell of a grid, on all cores, and writes
// bench/coverage.json as it goes. Every data set's random numbers depend on its cell and number alone, so the result
// depends neither on the number of cores nor on which cells were done before. --table only prints docs/intervals.md's
// table of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Cell, type CellCoverage, cells, simulateCell } from './coverageCell.js'
import { coverageTable } from './coverageTable.js'
import { benchFolder } from './harness.js'
import { readGrid, simulateGrid, writeGrid } from './shares.js'

const path = join(benchFolder, 'coverage.json')

/** Prints the cells whose number is `first` modulo `step`, one line of JSON each. */
async function simulateShare(first: number, step: number, dataSets: number): Promise<void> {
  for (const [number, cell] of cells.entries()) {
    if (number % step === first)
      console.log(JSON.stringify(await simulateCell(cell, number, dataSetsOf(cell, dataSets))))
  }
}

/** Large cells cost as much as thirty small ones: a fifth of the data sets has to do. */
function dataSetsOf({ nNormal }: Cell, dataSets: number): number {
  return nNormal > 1000 ? Math.ceil(dataSets / 5) : dataSets
}

const [mode = '10000', ...rest] = process.argv.slice(2)
if (mode === '--share') {
  const [first = 0, step = 1, dataSets = 0] = rest.map(Number)
  await simulateShare(first, step, dataSets)
} else if (mode === '--confidence') {
  // Adds this one method, the cheapest, to the cells that are there.
  const stored = readGrid<CellCoverage>(path)
  for (const cell of stored.cells) {
    const dataSets = dataSetsOf(cell, Number(rest[0]))
    const { methods } = await simulateCell(cell, cell.number, dataSets, ['confidence'])
    Object.assign(cell.methods, { confidence: { ...methods.confidence, dataSets } })
  }
  writeGrid(path, stored)
} else if (mode === '--table') {
  console.log(coverageTable(readGrid<CellCoverage>(path).cells))
} else {
  const dataSets = Number(mode)
  if (!Number.isInteger(dataSets) || dataSets < 1)
    throw new RangeError(`DATASETS must be a positive integer, got ${mode}`)
  await simulateGrid(fileURLToPath(import.meta.url), path, cells.length, dataSets)
  console.log(coverageTable(readGrid<CellCoverage>(path).cells))
}
