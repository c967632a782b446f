// How often a study's or a matrix's table has a false arrow, and how often its intervals hold, by number of runs: npm run
// bench:runs [-- DATASETS] [--table]. Simulates runs and samples whose true ξ is known, on all cores, and writes
// bench/runs.json as it goes. --table only prints docs/intervals.md's table of what is there.
import { runsTable, runsTables, simulateRuns } from './runsCell.js'
import { runGrid } from './shares.js'

await runGrid(
  {
    script: import.meta.url,
    file: 'runs.json',
    tables: runsTables,
    simulate: simulateRuns,
    // A matrix costs as much as thirty studies: a third of the data sets has to do.
    dataSetsOf: ({ rows }, dataSets) => (rows > 1 ? Math.ceil(dataSets / 3) : dataSets),
    print: runsTable,
  },
  1000,
)
