// How often intervals hold where samples come in groups, and groups are taken for what is drawn: npm run bench:groups
// [-- DATASETS] [--table]. Simulates scores whose true ξ is known, on all cores, and writes bench/groups.json as it goes.
// --table only prints docs/groups.md's table of what is there.
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type GroupsCoverage, groupsTables, simulateGroups } from './groupsCell.js'
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

/** Markdown. */
function groupsTable(cells: readonly GroupsCoverage[]): string {
  const percent = (share: number) => (100 * share).toFixed(1)
  const rows = cells.map((cell) => {
    const { groups, normals, anomalies, sizes, icc, candidate } = cell
    return `| ${groups} | ${normals} + ${anomalies} ${sizes} | ${icc} | ${candidate === 1 ? 0 : 0.379} | ${percent(cell.byGroups)} | ${percent(
      cell.above,
    )} / ${percent(cell.below)} | ${cell.length.toFixed(3)} | ${percent(cell.bySamples)} | ${cell.lengthBySamples.toFixed(3)} |`
  })
  const head = ['groups', 'of', 'ICC', 'ξ', 'by groups', 'above / below', 'length', 'by samples', 'length']
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows].join('\n')
}
