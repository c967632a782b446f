// How far the published split inflates the false-positive rate: npm run bench:publishedSplit [-- SEEDS]. Prints the table
// of docs/training.md. For each seed a third of StatLog's normal samples is set aside, which nothing else sees.
import process from 'node:process'
import { at } from '../src/check.js'
import { classRows, drawRows } from '../src/data/core/dataset.js'
import { loadTable } from '../src/data/datasets.js'
import { splitKinds } from '../src/data/splits/splitKind.js'
import type { LabelledTable } from '../src/data/tables/labelledTable.js'
import { detectorNames, detectorTitle } from '../src/detectors/detectors.js'
import { loadDetector } from '../src/detectors/loadDetector.js'
import { train } from '../src/detectors/train.js'
import { meanSd } from '../src/stats/meanSd.js'

const nSeeds = Number(process.argv[2] ?? 20)
if (!Number.isInteger(nSeeds) || nSeeds < 2) throw new RangeError('SEEDS must be an integer of at least 2')

const normal = 'very damp grey soil'
const anomaly = 'damp grey soil'
const stream = 0x46524553
const whole = await loadTable('statlog')

function tableOfRows(rows: Uint32Array): LabelledTable {
  const size = whole.featureNames.length
  const features = new Float32Array(rows.length * size)
  for (const [i, row] of rows.entries()) features.set(whole.features.subarray(row * size, (row + 1) * size), i * size)
  return { ...whole, features, labels: Uint8Array.from(rows, (row) => at(whole.labels, row)) }
}

function divided(seed: number): { readonly seen: LabelledTable; readonly fresh: Float32Array } {
  const normals = classRows(whole, whole.classes.indexOf(normal))
  const fresh = drawRows(normals, Math.floor(normals.length / 3), { seed, stream })
  const isFresh = new Set(fresh)
  const seen = Uint32Array.from(whole.labels.keys()).filter((row) => !isFresh.has(row))
  return { seen: tableOfRows(seen), fresh: tableOfRows(fresh).features }
}

console.log(`| detector | ${splitKinds.join(' | ')} |\n|---${splitKinds.map(() => '|---').join('')}|`)
for (const detector of detectorNames) {
  const cells: string[] = []
  for (const split of splitKinds) {
    const rates: number[] = []
    for (let seed = 0; seed < nSeeds; seed++) {
      const { seen, fresh } = divided(seed)
      const { model } = await train({ data: seen, detector, normal, anomaly, split, seed, device: 'cpu' })
      const loaded = await loadDetector(model, { device: 'cpu' })
      const { flagged } = await loaded.score(fresh)
      await loaded.close()
      rates.push(flagged.reduce((sum, one) => sum + Number(one), 0) / flagged.length)
      process.stderr.write(`${detector} ${split} ${seed} ${rates.at(-1)}\n`)
    }
    const { mean, sd } = meanSd(rates)
    cells.push(`${mean.toFixed(3)} ± ${(sd / Math.sqrt(nSeeds)).toFixed(3)}`)
  }
  console.log(`| ${[detectorTitle(detector), ...cells].join(' | ')} |`)
}
