import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { type Dataset, type DatasetInfo, type DatasetOptions, standardise, takeShare } from '../core/dataset.js'
import type { DataSource } from '../core/source.js'

const asset = fileURLToPath(new URL('../assets/statlog.csv.gz', import.meta.url))

/** SHA-256 of the file unpacked. */
const digest = '8cb747e39adfb3db5d09cbde103a13921d30a4ca8b3523932244e232d5bca6c2'

const nFeatures = 36

/** In the order of the original's class numbers 1, 2, 3, 4, 5 and 7. */
const classes: readonly string[] = [
  'red soil',
  'cotton crop',
  'grey soil',
  'damp grey soil',
  'vegetation stubble',
  'very damp grey soil',
]

const info = {
  name: 'statlog',
  title: 'StatLog (Landsat Satellite)',
  attribution:
    'StatLog (Landsat Satellite) by Ashwin Srinivasan (1993), UCI Machine Learning Repository, ' +
    'https://doi.org/10.24432/C55887, CC BY 4.0',
  simulated: false,
  defaults: { normal: 'very damp grey soil', anomaly: 'damp grey soil' },
  sample: [nFeatures],
  classes,
  counts: [1533, 703, 1358, 626, 707, 1508],
  split: { trained: [4, 5] },
  distance: 'euclidean',
} as const satisfies DatasetInfo

export const statlog: DataSource<'statlog'> = {
  info,
  published: {
    title: 'StatLog',
    simulated: false,
    network: 'mlp',
    convergence: {
      normal: ['grey soil', 'damp grey soil', 'very damp grey soil'],
      anomaly: ['red soil', 'cotton crop'],
      nTrain: 1200,
      nTest: 1000,
      sizes: [100, 200, 500, 1000],
      // The paper has 100.
      runs: 1500,
    },
    tables: { quick: { runs: 3 }, default: { runs: 10 }, full: { runs: 100 } },
    figures: { quick: { runs: 100 }, default: { runs: 100 }, full: { runs: 100 } },
  },
  load: loadStatlog,
  where: () => 'with this package',
  verify: async () => [{ path: (await readStatlogText()).path, sha256: digest }],
}

/**
 * StatLog (Landsat Satellite): 6,435 neighbourhoods of 3 × 3 pixels in four spectral bands, six kinds of ground.
 *
 * The data ship with the package: the original training and test parts joined, classes written as names, otherwise
 * unchanged. Features are z-scored per column over all rows loaded; this and the float32 rounding are our changes.
 *
 * Each call reads and parses afresh (about 50 ms) and the result is the caller's.
 * Errors: `BAD_FILE` when the installed file is missing or not the one published.
 */
export async function loadStatlog({ share = 1, dataSeed = 0 }: DatasetOptions = {}): Promise<Dataset> {
  // The digest holds that each line but the first is 36 integers from 0 to 255 and a class.
  const [, ...lines] = (await readStatlogText()).text.trimEnd().split('\n')
  const samples = lines.map((line) => line.split(','))
  const labels = Uint8Array.from(samples, (fields) => classes.indexOf(at(fields, nFeatures)))
  const rows = takeShare(labels, share, dataSeed)
  const taken = new Float32Array(rows.length * nFeatures)
  for (const [i, row] of rows.entries()) taken.set(at(samples, row).slice(0, nFeatures).map(Number), i * nFeatures)
  return {
    ...info,
    labels: Uint8Array.from(rows, (row) => at(labels, row)),
    ...standardise(taken, nFeatures),
    raw: taken,
  }
}

/** The file that is installed, or another, and its text, unpacked and checked by SHA-256. Errors: `BAD_FILE`. */
export async function readStatlogText(path = asset): Promise<{ path: string; text: string }> {
  let text: string
  try {
    text = (await promisify(gunzip)(await readFile(path))).toString('latin1')
  } catch (cause) {
    throw new ScoringBiasError('BAD_FILE', `cannot read ${path}. Reinstall the package`, { cause })
  }
  const sha256 = createHash('sha256').update(text, 'latin1').digest('hex')
  if (sha256 !== digest) {
    const what = `unpacked, its SHA-256 is ${sha256}, not ${digest}`
    throw new ScoringBiasError('BAD_FILE', `${path}: ${what}. Reinstall the package`)
  }
  return { path, text }
}
