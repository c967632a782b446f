// How often the intervals of bootstrapInterval hold the true ξ: npm run bench:coverage -- [DATASETS] [METHOD,METHOD,…]
// [FIRST-LAST,…], by default 5000 data sets of every cell by all methods; or --table.
// Simulates data sets of two paired detectors whose true ξ is known, in rounds over all cells, and adds them to
// bench/coverage.json as it goes: a run that is stopped loses nothing, and the next goes on where it was. FIRST-LAST are
// numbers of cells. Every data set's random numbers depend on its cell and number alone, so the result depends neither on
// the number of cores nor on how the work was cut. --table only prints the tables of docs/intervals.md from what is there.
// On many machines: the same with --shard 3/20 --out part-3.json simulates a part of the data sets of every cell from the first
// on (auto in an array job, as docs/cluster.md has it); --merge part-*.json puts the sums of all parts into bench/coverage.json.
import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { at, requireKnown } from '../src/check.js'
import type { Shard } from '../src/cluster/shardName.js'
import { type IntervalMethod, intervalMethods } from '../src/stats/bootstrap/bootstrapInterval.js'
import { type CellCoverage, cells, simulate, type Tallies, type Tally, type Work } from './coverageCell.js'
import { alarmsTable, longerTable, targetsTable } from './coverageTable.js'
import { benchFolder } from './harness.js'
import { trueXi } from './laws.js'
import { partCommand, rangeOf, readParts, writePart } from './parts.js'
import { answerWork, growGrid, readGrid, runWorkers, writeGrid } from './shares.js'

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

/** What a part has of a cell. */
interface PartOfCell {
  readonly number: number
  readonly tallies: Tallies
}

/** Simulates a shard of the data sets of every cell, on all cores. */
async function simulatePart(end: number, wanted: readonly IntervalMethod[], shard: Shard): Promise<PartOfCell[]> {
  const work = storedCells().map((cell): Work => {
    return { number: cell.number, ...rangeOf(shard, endOf(cell, end)), methods: wanted }
  })
  const done: PartOfCell[] = []
  const nWorkers = Number(process.env.SCORING_BIAS_WORKERS ?? cpus().length)
  await runWorkers<Work, PartOfCell>(script, work, nWorkers, (answer) => {
    done[answer.number] = answer
    process.stderr.write(`cell ${answer.number}\n`)
  })
  return done
}

/** Cells with the sums of all parts in the place of what was stored for their methods, where that was of fewer data sets. */
function withParts(parts: readonly (readonly PartOfCell[])[]): CellCoverage[] {
  return storedCells().map((cell) => {
    const sum = parts.reduce((all: Tallies, part) => merged(all, at(part, cell.number).tallies), {})
    const larger = Object.entries(sum).filter(([method, { dataSets }]) => {
      const [, known] = Object.entries(cell.methods).find(([name]) => name === method) ?? []
      return known === undefined || known.dataSets < dataSets
    })
    return { ...cell, methods: { ...cell.methods, ...Object.fromEntries(larger) } }
  })
}

async function grow(all: CellCoverage[], end: number, wanted: readonly IntervalMethod[], ranges?: string) {
  const growth = {
    ...{ path, script, cells: all },
    missing: (cell: CellCoverage, most: number) => missing(cell, wanted, endOf(cell, most)),
    add: (cell: CellCoverage, { tallies }: PartOfCell) => ({ ...cell, methods: merged(cell.methods, tallies) }),
  }
  await growGrid(growth, end, ranges)
}

const [only] = process.argv.slice(2)
const asked = only === '--worker' || only === '--table' ? undefined : partCommand(process.argv.slice(2))
if (only === '--worker') {
  await answerWork(async (work: Work) => ({ number: work.number, tallies: await simulate(work) }))
} else {
  const [mode = '5000', methods = intervalMethods.join(), ranges] = asked?.rest ?? []
  const wanted = methods.split(',').map((method) => requireKnown('METHOD', method, intervalMethods))
  if (asked?.kind === 'part') {
    const counts = await simulatePart(Number(mode), wanted, asked.shard)
    writePart(asked.out, { asked: `coverage of ${mode} data sets by ${wanted}`, shard: asked.shard, counts })
  } else {
    const all = asked?.kind === 'merge' ? withParts(readParts<PartOfCell[]>(asked.paths).counts) : storedCells()
    if (asked?.kind === 'merge') writeGrid(path, { machine: readGrid(path).machine, cells: all })
    if (asked?.kind === 'whole') await grow(all, Number(mode), wanted, ranges)
    console.log(`${alarmsTable(all)}\n\n${targetsTable(all)}\n\n${longerTable(all)}`)
  }
}
