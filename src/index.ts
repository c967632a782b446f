export type { Dataset, Standardisation } from './data/dataset.js'
export { type DatasetName, datasetNames, loadDataset } from './data/datasets.js'
export { makeSplit, type Split, type SplitOptions } from './data/splits.js'
export { type DetectorName, detectorNames } from './detectors/detectors.js'
export { type ErrorCode, ScoringBiasError } from './errors.js'
export { type StudyJson, studyJson } from './report/studyJson.js'
export { type StudyReportOptions, studyReport } from './report/studyReport.js'
export { studyText } from './report/studyText.js'
export { checkWritable, writeFileAtomic } from './report/writeFile.js'
export { type RunStudyOptions, runStudy } from './study/runStudy.js'
export { type ClassDistance, classDistances } from './study/similarity.js'
export { decoders, devices, studyDefaults } from './study/studyOptions.js'
export type {
  ClassResult,
  Decoder,
  DetectorScores,
  Device,
  Direction,
  MeanSd,
  RunScores,
  StudyOptions,
  StudyProgress,
  StudyResult,
  StudySettings,
} from './study/types.js'
export { version } from './version.js'
