// How often intervals hold where samples come in groups, and groups are taken for what is drawn: npm run bench:groups
// [-- DATASETS] [--table]. Simulates scores whose true ξ is known, on all cores, and writes bench/groups.json as it goes.
// --table only prints docs/groups.md's table of what is there.
import { groupsTable, groupsTables, simulateGroups } from './groupsCell.js'
import { runGrid } from './shares.js'

await runGrid(
  {
    script: import.meta.url,
    file: 'groups.json',
    tables: groupsTables,
    simulate: simulateGroups,
    print: groupsTable,
  },
  2000,
)
