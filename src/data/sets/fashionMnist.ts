import type { Dataset, DatasetInfo, DatasetOptions } from '../dataset.js'
import { takeShare } from '../splits/takeShare.js'
import { fashionMnistFiles, pathIn, readFashionMnistFile, requireFashionMnist } from './fashionMnistFiles.js'

const nPixels = 28 * 28

/** In the order of the original's labels 0 … 9. */
const classes = ['top', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'boot'] as const

export const fashionMnistInfo: DatasetInfo = {
  name: 'fashion-mnist',
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
}

/**
 * Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747): 70,000 images of 28 × 28 grey pixels, ten kinds of
 * fashion articles; the 60,000 of the training part first, then the 10,000 of the test part. Pixels are in [0, 1].
 *
 * Read from `dataDir`, the folder that `SCORING_BIAS_DATA` names, Debian's package `dataset-fashion-mnist`, or the cache
 * that `fetchDataset` fills; the SHA-256 of every file is checked. A second; 220 MB for all images.
 * Errors: `NO_DATA` where the files are in none of these places, `BAD_FILE`, with the path.
 */
export async function loadFashionMnist(options: DatasetOptions = {}): Promise<Dataset> {
  const { dataDir, share = 1, dataSeed = 0 } = options
  const folder = requireFashionMnist(dataDir)
  const arrays = await Promise.all(fashionMnistFiles.map((file) => readFashionMnistFile(pathIn(folder, file), file)))
  const [images, labels, testImages, testLabels] = arrays.map(({ data }) => data)
  if (images === undefined || labels === undefined || testImages === undefined || testLabels === undefined)
    throw new Error('Fashion-MNIST is four files')

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
    for (let pixel = 0; pixel < nPixels; pixel++) {
      features[i * nPixels + pixel] = (part[from * nPixels + pixel] ?? 0) / 255
    }
  }
  return {
    ...fashionMnistInfo,
    features,
    labels: Uint8Array.from(rows, (row) => allLabels[row] ?? 0),
    testPart: Uint8Array.from(rows, isTest),
  }
}
