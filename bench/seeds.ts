// How often intervals hold, and tables have a false arrow, where detectors were trained several times: npm run bench:seeds
// [-- DATASETS] [--table]. Simulates trainings and samples whose true ξ is known, on all cores, and writes bench/seeds.json as
// it goes. --table only prints docs/seeds.md's table of what is there.
import { seedsTable, seedsTables, simulateSeeds } from './seedsCell.js'
import { runGrid } from './shares.js'

await runGrid(
  {
    script: import.meta.url,
    file: 'seeds.json',
    tables: seedsTables,
    simulate: simulateSeeds,
    print: seedsTable,
  },
  2000,
)
