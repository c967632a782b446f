// How other intervals do where `confidence` is long: npm run bench:intervalIdeas -- [DATASETS] [METHOD,METHOD,…]
// [FIRST-LAST,…], by default 200 data sets of every cell by all methods; or --table.
// Simulates scores whose true ξ is known, on all cores, and adds what is missing to bench/intervalIdeas.json as it goes: what
// other methods said of the same data sets stays. FIRST-LAST are numbers of cells: 0-35 are where `confidence` is long, 36-95
// at the edges. --table only prints docs/intervals.md's tables of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { requireKnown } from '../src/check.js'
import { benchFolder } from './harness.js'
import {
  type IdeaCoverage,
  type IdeaTallies,
  type IdeaWork,
  ideaCells,
  ideaNames,
  ideasTables,
  type Method,
  simulateIdeas,
} from './intervalIdeasCell.js'
import { answerWork, growGrid, readGrid } from './shares.js'

const path = join(benchFolder, 'intervalIdeas.json')
const known = new Map(readGrid<IdeaCoverage>(path).cells.map((cell) => [cell.number, cell.methods]))
const cells = ideaCells.map((cell, number): IdeaCoverage => ({ number, ...cell, methods: known.get(number) ?? {} }))

function* missing({ number, methods }: IdeaCoverage, wanted: readonly Method[], end: number): Generator<IdeaWork> {
  const firstOf = (name: Method) => methods[name]?.dataSets ?? 0
  for (const first of new Set(wanted.map(firstOf))) {
    if (first < end) yield { number, first, end, names: wanted.filter((name) => firstOf(name) === first) }
  }
}

function added(before: IdeaTallies, more: IdeaTallies): IdeaTallies {
  const entries = ideaNames.flatMap((name) => {
    const [old, own] = [before[name], more[name]]
    if (own === undefined || old === undefined) return [[name, own ?? old]]
    const length = Number((old.length + own.length).toFixed(4))
    return [[name, { dataSets: old.dataSets + own.dataSets, covered: old.covered + own.covered, length }]]
  })
  return Object.fromEntries(entries)
}

const [mode = '200', methods = ideaNames.join(), ranges] = process.argv.slice(2)
if (mode === '--worker') {
  await answerWork(async (work: IdeaWork) => ({ number: work.number, methods: await simulateIdeas(work) }))
} else {
  const wanted = methods.split(',').map((name) => requireKnown('METHOD', name, ideaNames))
  const growth = {
    ...{ path, script: fileURLToPath(import.meta.url), cells },
    missing: (cell: IdeaCoverage, end: number) => missing(cell, wanted, end),
    add: (cell: IdeaCoverage, more: Pick<IdeaCoverage, 'number' | 'methods'>): IdeaCoverage => {
      return { ...cell, methods: added(cell.methods, more.methods) }
    },
  }
  if (mode !== '--table') await growGrid(growth, Number(mode), ranges)
  console.log(ideasTables(cells))
}
