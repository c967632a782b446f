// How often intervals over a range of targets hold: npm run bench:range [-- DATASETS] [--table]. Simulates scores whose true ξ
// is known, on all cores, and writes bench/range.json as it goes. --table only prints docs/ranges.md's table of what is there.
import { rangeTable, rangeTables, simulateRange } from './rangeCell.js'
import { runGrid } from './shares.js'

await runGrid(
  {
    script: import.meta.url,
    file: 'range.json',
    tables: rangeTables,
    simulate: simulateRange,
    print: rangeTable,
  },
  2000,
)
