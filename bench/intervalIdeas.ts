// How other intervals do where `confidence` is long: npm run bench:intervalIdeas [-- DATASETS] [--table]. Simulates scores whose
// true ξ is known, on all cores, and writes bench/intervalIdeas.json as it goes. --table only prints docs/intervals.md's table
// of what is there.
import { ideaCells, ideasTable, simulateIdeas } from './intervalIdeasCell.js'
import { runGrid } from './shares.js'

await runGrid(
  {
    script: import.meta.url,
    file: 'intervalIdeas.json',
    tables: ideaCells,
    simulate: (_, number, dataSets) => simulateIdeas(number, dataSets),
    print: ideasTable,
  },
  200,
)
