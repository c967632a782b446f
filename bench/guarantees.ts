// How often the versions of Theorem 3 hold: npm run bench:guarantees [-- DATASETS]. Prints the table of docs/theory.md.
// On many machines: -- DATASETS --shard 3/20 --out part-3.json simulates a part of the data sets (auto in an array job, as
// docs/cluster.md has it), and -- --merge part-*.json prints the table of all.
import process from 'node:process'
import { at } from '../src/check.js'
import {
  countGuarantees,
  type GuaranteeCounts,
  guaranteeCells,
  guaranteeCoverage,
  guarantees,
} from './guaranteeCell.js'
import { partCommand, rangeOf, readParts, writePart } from './parts.js'

const asked = partCommand(process.argv.slice(2))
const dataSets = Number(asked.rest[0] ?? 2000)
if (!Number.isInteger(dataSets) || dataSets < 1) throw new RangeError(`DATASETS must be a positive integer`)

/** Counts of every cell. */
async function simulate(range: { readonly first: number; readonly end: number }): Promise<GuaranteeCounts[]> {
  const counts: GuaranteeCounts[] = []
  for (const [i, cell] of guaranteeCells.entries()) counts.push(await countGuarantees(cell, i + 1, range))
  return counts
}

/** @param parts each with the counts of every cell */
function printTable(parts: readonly (readonly GuaranteeCounts[])[]): void {
  const head = ['law', 'normals', 'anomalies', 'fpr', 'rms error', ...guarantees]
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---|').join('')}`)
  for (const [i, cell] of guaranteeCells.entries()) {
    const own = parts.map((counts) => at(counts, i))
    const { coverage, rms } = guaranteeCoverage(cell, own)
    const law = cell.law === 'gaussian' ? 'Gaussian' : `ramp, unit ${cell.unit}`
    const columns = guarantees.map((name) => {
      const { kept, epsilon } = coverage[name]
      return `${(100 * kept).toFixed(1)} (${epsilon.toFixed(3)})`
    })
    console.log(`| ${[law, cell.nNormal, cell.nAnomalous, cell.fpr, rms.toFixed(3), ...columns].join(' | ')} |`)
  }
}

if (asked.kind === 'part') {
  const counts = await simulate(rangeOf(asked.shard, dataSets))
  writePart(asked.out, { asked: `guarantees of ${dataSets} data sets`, shard: asked.shard, counts })
} else if (asked.kind === 'merge') printTable(readParts<GuaranteeCounts[]>(asked.paths).counts)
else printTable([await simulate({ first: 0, end: dataSets })])
