// How other intervals do where `confidence` is long: npm run bench:intervalIdeas [-- DATASETS] [--table]. Simulates scores whose
// true ξ is known, on all cores, and writes bench/intervalIdeas.json as it goes. --table only prints docs/intervals.md's table
// of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { benchFolder } from './harness.js'
import { type IdeaCoverage, ideaCells, ideasTable, simulateIdeas } from './intervalIdeasCell.js'
import { readGrid, simulateGrid } from './shares.js'

const path = join(benchFolder, 'intervalIdeas.json')
const [mode = '200', ...rest] = process.argv.slice(2)
if (mode === '--share') {
  const [first = 0, step = 1, dataSets = 0] = rest.map(Number)
  for (const number of ideaCells.keys()) {
    if (number % step === first) console.log(JSON.stringify(await simulateIdeas(number, dataSets)))
  }
} else {
  if (mode !== '--table') await simulateGrid(fileURLToPath(import.meta.url), path, ideaCells.length, Number(mode))
  console.log(ideasTable(readGrid<IdeaCoverage>(path).cells))
}
