// How often the versions of Theorem 3 hold: npm run bench:guarantees [-- DATASETS]. Prints the table of docs/theory.md.
import process from 'node:process'
import { guaranteeCells, guarantees, simulateGuarantees } from './guaranteeCell.js'

const dataSets = Number(process.argv[2] ?? 2000)
if (!Number.isInteger(dataSets) || dataSets < 1) throw new RangeError(`DATASETS must be a positive integer`)

const head = ['law', 'normals', 'anomalies', 'fpr', 'rms error', ...guarantees]
console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---|').join('')}`)
for (const [i, cell] of guaranteeCells.entries()) {
  const { coverage, rms } = await simulateGuarantees(cell, i + 1, dataSets)
  const law = cell.law === 'gaussian' ? 'Gaussian' : `ramp, unit ${cell.unit}`
  const columns = guarantees.map((name) => {
    const { kept, epsilon } = coverage[name]
    return `${(100 * kept).toFixed(1)} (${epsilon.toFixed(3)})`
  })
  console.log(`| ${[law, cell.nNormal, cell.nAnomalous, cell.fpr, rms.toFixed(3), ...columns].join(' | ')} |`)
}
