import { at, invariant } from '../../check.js'
import { type Dataset, type DatasetInfo, type DatasetOptions, takeShare } from '../core/dataset.js'
import type { DataSource } from '../core/source.js'
import {
  fashionMnistFiles,
  fashionMnistName,
  findFashionMnist,
  pathIn,
  readFashionMnistFile,
  requireFashionMnist,
} from './fashionMnist/fashionMnistFiles.js'
import { fetchFashionMnist } from './fashionMnist/fetchFashionMnist.js'

const nPixels = 28 * 28

/** In the order of the original's labels 0 … 9. */
const classes = ['top', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'boot'] as const

const info = {
  name: fashionMnistName,
  title: 'Fashion-MNIST',
  attribution:
    'Fashion-MNIST by Han Xiao, Kashif Rasul and Roland Vollgraf (2017), Zalando SE, ' +
    'https://github.com/zalandoresearch/fashion-mnist, MIT licence; pixels divided by 255',
  simulated: false,
  defaults: { normal: 'top', anomaly: 'shirt' },
  sample: [1, 28, 28],
  classes,
  counts: classes.map(() => 7000),
  split: { heldOut: 'test part', trained: [1, 1] },
  distance: 'mean-square',
} as const satisfies DatasetInfo

export const fashionMnist: DataSource<typeof fashionMnistName> = {
  info,
  published: {
    title: 'Fashion-MNIST',
    simulated: false,
    network: 'lenet',
    milestones: [80, 160],
    convergence: {
      normal: ['top'],
      anomaly: ['shirt'],
      nTrain: 3000,
      nTest: 2000,
      sizes: [100, 200, 500, 1000],
      runs: 100,
    },
    tables: {
      quick: { runs: 1, epochs: 10, share: 0.5 },
      default: { runs: 3, epochs: 50 },
      full: { runs: 100 },
    },
    // Epochs are saved rather than samples: runs need these to draw from.
    figures: {
      quick: { runs: 100, epochs: 5 },
      default: { runs: 100, epochs: 50 },
      full: { runs: 100 },
    },
  },
  load,
  where: findFashionMnist,
  files: (dataDir) => {
    const folder = findFashionMnist(dataDir)
    return folder === undefined ? [] : fashionMnistFiles.map((file) => pathIn(folder, file))
  },
  verify: async (dataDir) => {
    const folder = requireFashionMnist(dataDir)
    return Promise.all(
      fashionMnistFiles.map(async (file) => {
        const path = pathIn(folder, file)
        await readFashionMnistFile(path, file)
        return { path, sha256: file.sha256 }
      }),
    )
  },
  fetch: fetchFashionMnist,
}

/**
 * Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747): 70,000 images of 28 × 28 grey pixels, ten kinds of
 * fashion articles; the 60,000 of the training part first, then the 10,000 of the test part. Pixels are in [0, 1].
 *
 * Read from `dataDir`, the folder that `SCORING_BIAS_DATA` names, Debian's package `dataset-fashion-mnist`, or the cache
 * that `fetchDataset` fills; the SHA-256 of every file is checked. A second; 220 MB for all images.
 * Errors: `NO_DATA` where the files are in none of these places, `BAD_FILE`, with the path.
 */
async function load({ dataDir, share = 1, dataSeed = 0 }: DatasetOptions): Promise<Dataset> {
  const folder = requireFashionMnist(dataDir)
  const arrays = await Promise.all(fashionMnistFiles.map((file) => readFashionMnistFile(pathIn(folder, file), file)))
  const [images, labels, testImages, testLabels] = arrays.map(({ data }) => data)
  invariant(images && labels && testImages && testLabels, 'Fashion-MNIST is four files')

  const isTest = (row: number) => Number(row >= labels.length)
  const allLabels = new Uint8Array(Buffer.concat([labels, testLabels]))
  const rows = takeShare(
    allLabels.map((label, row) => label + classes.length * isTest(row)),
    share,
    dataSeed,
  )
  const features = new Float32Array(rows.length * nPixels)
  for (const [i, row] of rows.entries()) {
    const [part, from] = isTest(row) === 1 ? [testImages, row - labels.length] : [images, row]
    for (let pixel = 0; pixel < nPixels; pixel++) features[i * nPixels + pixel] = at(part, from * nPixels + pixel) / 255
  }
  return {
    ...info,
    features,
    labels: Uint8Array.from(rows, (row) => at(allLabels, row)),
    testPart: Uint8Array.from(rows, isTest),
  }
}
