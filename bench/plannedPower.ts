// How often the arrow that `plan` promises is seen: npm run bench:plannedPower [-- DATASETS] [--table]. Predicts power and
// width, simulates data sets of that size on all cores, and writes bench/plannedPower.json as it goes. --table only prints
// docs/theory.md's table of what is there.
import { plannedCases, plannedPowerTable, simulatePlan } from './plannedPowerCell.js'
import { runGrid } from './shares.js'

await runGrid(
  {
    script: import.meta.url,
    file: 'plannedPower.json',
    tables: plannedCases,
    simulate: simulatePlan,
    // Several classes say more, and cost more.
    dataSetsOf: ({ classes }, dataSets) => (classes > 1 ? Math.ceil(dataSets * 0.4) : dataSets),
    print: plannedPowerTable,
  },
  2000,
)
