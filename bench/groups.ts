// How often intervals hold where samples come in groups, and groups are taken for what is drawn: npm run bench:groups
// [-- DATASETS] [--table]. Simulates scores whose true ξ is known, on all cores, and writes bench/groups.json as it goes.
// --table only prints docs/groups.md's table of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type GroupsCoverage, groupsTable, groupsTables, simulateGroups } from './groupsCell.js'
import { benchFolder } from './harness.js'
import { readGrid, simulateGrid } from './shares.js'

const path = join(benchFolder, 'groups.json')
const [mode = '2000', ...rest] = process.argv.slice(2)
if (mode === '--share') {
  const [first = 0, step = 1, dataSets = 0] = rest.map(Number)
  for (const [number, table] of groupsTables.entries()) {
    if (number % step === first) console.log(JSON.stringify(await simulateGroups(table, number, dataSets)))
  }
} else {
  if (mode !== '--table') await simulateGrid(fileURLToPath(import.meta.url), path, groupsTables.length, Number(mode))
  console.log(groupsTable(readGrid<GroupsCoverage>(path).cells))
}
