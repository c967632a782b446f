import { basename } from 'node:path'
import { type Dataset, standardise } from './dataset.js'
import { guessedNormal, type LabelledTable, requireTable } from './labelledTable.js'
import { takeShare } from './takeShare.js'

/**
 * A table of the user's as a data set: features z-scored per column over all its rows, as the paper does with StatLog.
 * The normal class is `0` or `normal` unless a study names another, the labelled anomalies are of the first other class.
 *
 * Errors: those of `requireTable`, `UNKNOWN_CLASS` where no class is named `normal` and none of these is there.
 */
export function tableDataset(
  table: LabelledTable,
  {
    normal,
    share = 1,
    dataSeed = 0,
  }: { normal?: string | undefined; share?: number | undefined; dataSeed?: number | undefined } = {},
): Dataset {
  requireTable(table)
  const { classes, attribution, featureNames } = table
  const usual = normal ?? guessedNormal(table)
  const nFeatures = featureNames.length
  const rows = takeShare(table.labels, share, dataSeed)
  const labels = Uint8Array.from(rows, (row) => table.labels[row] ?? 0)
  const values = new Float32Array(rows.length * nFeatures)
  for (const [i, row] of rows.entries()) {
    values.set(table.features.subarray(row * nFeatures, (row + 1) * nFeatures), i * nFeatures)
  }
  const name = basename(table.name)
  return {
    name,
    title: name,
    attribution,
    simulated: false,
    defaults: { normal: usual, anomaly: classes.find((one) => one !== usual) ?? '' },
    sample: [nFeatures],
    classes,
    counts: classes.map((_, i) => labels.reduce((n, label) => n + Number(label === i), 0)),
    split: { trained: [4, 5] },
    distance: 'euclidean',
    labels,
    ...standardise(values, nFeatures),
  }
}
