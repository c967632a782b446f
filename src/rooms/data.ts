/** Data sets, tables of one's own, and how their samples are split. */

export type { FeatureGaps, Imputation } from '../data/core/columnScale.js'
export type {
  Dataset,
  DatasetInfo,
  DatasetOptions,
  DistanceKind,
  Fraction,
  SplitRule,
  Standardisation,
} from '../data/core/dataset.js'
export type {
  FetchDatasetOptions,
  FetchedDataset,
  PublishedUse,
  VerifiedFile,
  Work,
  WorkBySize,
} from '../data/core/source.js'
export {
  type DataPlace,
  type DataStatus,
  type DatasetName,
  dataStatus,
  datasetInfo,
  datasetNames,
  fetchDataset,
  loadDataset,
  loadTable,
  publishedUse,
  verifyDataset,
} from '../data/datasets.js'
export {
  type SyntheticKind,
  type SyntheticOptions,
  syntheticKinds,
  syntheticSamples,
} from '../data/sets/synthetic.js'
export type { Anomalies, AnomalyClasses, AnomalyShare } from '../data/splits/anomalyMixture.js'
export { type HeldOutOptions, heldOutSplit } from '../data/splits/heldOutSplit.js'
export { type Classified, mergeClasses, type NormalClasses, unionName } from '../data/splits/normalClasses.js'
export { type SplitKind, splitKinds } from '../data/splits/splitKind.js'
export { makeSplit, type Split, type SplitOptions } from '../data/splits/splits.js'
export type { StandardisedOver } from '../data/splits/standardisedOver.js'
export { type TableDatasetOptions, tableDataset } from '../data/tableDataset.js'
export type { LabelledTable, SampleArray, SampleKind } from '../data/tables/labelledTable.js'
export type { OneHotColumn } from '../data/tables/oneHot.js'
export { type OpenTableOptions, openTable } from '../data/tables/openTable.js'
export { type LabelledTableOptions, readLabelledTable } from '../data/tables/readLabelledTable.js'
export { type TableFormat, tableFormats } from '../data/tables/tableFormat.js'
export type { TableArray, TableBatch, TableReader, WantedColumns } from '../data/tables/tableReader.js'
