// How often the intervals of bootstrapInterval hold the true ξ: npm run bench:coverage -- [DATASETS] [METHOD,METHOD,…]
// [FIRST-LAST,…], by default 5000 data sets of every cell by all methods; or --table.
// Simulates data sets of two paired detectors whose true ξ is known, in rounds over all cells, and adds them to
// bench/coverage.json as it goes: a run that is stopped loses nothing, and the next goes on where it was. FIRST-LAST are
// numbers of cells. Every data set's random numbers depend on its cell and number alone, so the result depends neither on
// the number of cores nor on how the work was cut. --table only prints the tables of docs/intervals.md from what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { requireKnown } from '../src/check.js'
import { type IntervalMethod, intervalMethods } from '../src/stats/bootstrap/bootstrapInterval.js'
import { type CellCoverage, cells, simulate, type Tallies, type Tally, type Work } from './coverageCell.js'
import { alarmsTable, targetsTable } from './coverageTable.js'
import { benchFolder } from './harness.js'
import { trueXi } from './laws.js'
import { answerWork, growGrid, readGrid } from './shares.js'

const path = join(benchFolder, 'coverage.json')
const script = fileURLToPath(import.meta.url)

/** What is stored of a cell, or nothing yet. */
function storedCells(): CellCoverage[] {
  const byNumber = new Map(readGrid<CellCoverage>(path).cells.map((cell) => [cell.number, cell]))
  return cells.map((cell, number) => {
    const { methods } = byNumber.get(number) ?? { methods: {} }
    return { number, ...cell, xi: Number(trueXi(cell).toFixed(6)), methods }
  })
}

/** What is missing for so many data sets. Methods that have as many so far share their draws. */
function* missing({ number, methods }: CellCoverage, wanted: readonly IntervalMethod[], end: number): Generator<Work> {
  const firstOf = (method: IntervalMethod) => methods[method]?.dataSets ?? 0
  for (const first of new Set(wanted.map(firstOf))) {
    if (first < end) yield { number, first, end, methods: wanted.filter((method) => firstOf(method) === first) }
  }
}

/** Ends of the data sets of large samples, which cost as much as thirty small ones. */
const endOf = ({ nNormal }: CellCoverage, end: number) => (nNormal > 1000 ? Math.ceil(end / 5) : end)

function added(before: Tally = { dataSets: 0, above: 0, below: 0, arrows: 0, length: 0 }, more: Tally): Tally {
  return {
    dataSets: before.dataSets + more.dataSets,
    above: before.above + more.above,
    below: before.below + more.below,
    arrows: before.arrows === undefined || more.arrows === undefined ? undefined : before.arrows + more.arrows,
    length: Number((before.length + more.length).toFixed(4)),
  }
}

function merged(before: Tallies, more: Tallies): Tallies {
  const entries = Object.entries(more) as [IntervalMethod, Tally][]
  return { ...before, ...Object.fromEntries(entries.map(([method, tally]) => [method, added(before[method], tally)])) }
}

const [mode = '5000', methods = intervalMethods.join(), ranges] = process.argv.slice(2)
if (mode === '--worker') {
  await answerWork(async (work: Work) => ({ number: work.number, tallies: await simulate(work) }))
} else {
  const all = storedCells()
  if (mode !== '--table') {
    const wanted = methods.split(',').map((method) => requireKnown('METHOD', method, intervalMethods))
    const growth = {
      ...{ path, script, cells: all },
      missing: (cell: CellCoverage, end: number) => missing(cell, wanted, endOf(cell, end)),
      add: (cell: CellCoverage, { tallies }: { readonly number: number; readonly tallies: Tallies }) => ({
        ...cell,
        methods: merged(cell.methods, tallies),
      }),
    }
    await growGrid(growth, Number(mode), ranges)
  }
  console.log(`${alarmsTable(all)}\n\n${targetsTable(all)}`)
}
