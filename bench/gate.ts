// How often a gate passes by chance: npm run bench:gate [-- DATASETS], by default 1000 of every cell. Simulates pairs of detectors
// whose true ξ is on the edge, −margin at the true thresholds, on one class or on all of them, and prints the table of docs/gate.md
// row by row. With one class on the edge, the candidate detects more than the baseline on the others.
import process from 'node:process'
import { normal } from '../src/random/normal.js'
import { normalCdf, normalQuantile } from '../src/special.js'
import { relativeBias } from '../src/stats/bias/relativeBias.js'

interface Cell {
  readonly normals: number
  readonly classes: number
  readonly anomalies: number
  readonly edge: 'one' | 'all'
}

const fpr = 0.05
const margin = 0.1
/** Of the scores of both detectors on one sample. */
const correlation = 0.5
const tau = -normalQuantile(fpr)
const baselineMean = 2
const onEdge = tau + normalQuantile(normalCdf(baselineMean - tau) - margin)
const better = 2.5

const cells = [100, 1000].flatMap((normals) =>
  [1, 3, 10].flatMap((classes) =>
    (classes === 10 ? [100] : [50, 200]).flatMap((anomalies) =>
      (classes === 1 ? (['all'] as const) : (['one', 'all'] as const)).map(
        (edge): Cell => ({ normals, classes, anomalies, edge }),
      ),
    ),
  ),
)

async function simulate({ normals, classes, anomalies, edge }: Cell, seed: number) {
  const n = classes * anomalies
  const noise = (length: number, stream: number) => normal(length, { seed, stream })
  const pair = (length: number, stream: number) => {
    const [shared, own, other] = [0, 1, 2].map((i) => noise(length, stream + i)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    const mixed = (one: Float64Array) =>
      shared.map((x, i) => Math.sqrt(correlation) * x + Math.sqrt(1 - correlation) * (one[i] ?? Number.NaN))
    return [mixed(own), mixed(other)] as const
  }
  const [baseline, candidate] = pair(normals, 1)
  const [anomalous, others] = pair(n, 11)
  const labels = Array.from({ length: n }, (_, i) => i % classes)
  const mean = (i: number) => (edge === 'all' || labels[i] === 0 ? onEdge : better)
  return relativeBias(
    {
      baseline: { normal: baseline, anomalous: anomalous.map((x) => x + baselineMean) },
      candidate: { normal: candidate, anomalous: others.map((x, i) => x + mean(i)) },
    },
    { fpr, margin, classes: labels, seed, engine: 'tree', resamples: 999, threads: 1 },
  )
}

const dataSets = Number(process.argv[2] ?? 1000)
console.log('| normals | classes | of | on the edge | pass | a class on the edge passes | a class on the edge fails |')
console.log('|---|---|---|---|---|---|---|')
for (const cell of cells) {
  const counts = { pass: 0, some: 0, failed: 0 }
  for (let seed = 0; seed < dataSets; seed++) {
    const { verdict, classes } = await simulate(cell, seed)
    const edge = cell.edge === 'all' ? classes : classes.filter(({ name }) => name === '0')
    if (verdict === 'pass') counts.pass++
    if (edge.some(({ gate }) => gate?.verdict === 'pass')) counts.some++
    if (edge.some(({ gate }) => gate?.verdict === 'fail')) counts.failed++
  }
  const shares = Object.values(counts).map((count) => ((100 * count) / dataSets).toFixed(1))
  const { normals, classes, anomalies, edge } = cell
  console.log(`| ${[normals.toLocaleString('en'), classes, anomalies, edge, ...shares].join(' | ')} |`)
}
