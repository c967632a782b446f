export { type CompareOptions, compare } from './compare/compare.js'
export { type JoinScoresOptions, joinScores } from './compare/joinScores.js'
export { type ReadScoresOptions, readScores, type ScoreColumns } from './compare/readScores.js'
export type {
  CandidateComparison,
  ComparedClass,
  ComparedDetector,
  Comparison,
  Rate,
  ScoreData,
} from './compare/types.js'
export { converge } from './converge/converge.js'
export {
  convergeDefaults,
  convergeScoresDefaults,
} from './converge/convergeOptions.js'
export { convergeScores } from './converge/convergeScores.js'
export {
  type Convergence,
  type ConvergenceCell,
  type ConvergenceRate,
  type ConvergenceTruth,
  type ConvergeOptions,
  type ConvergeScoresOptions,
  type ConvergeThresholdRule,
  convergeThresholdRules,
  type Distribution,
  type ObservedBound,
  type RateFit,
  type ScoreConvergence,
  type TestSet,
  testSets,
} from './converge/types.js'
export { type DataPlace, type DataStatus, dataStatus, verifyDataset } from './data/dataStatus.js'
export type {
  Dataset,
  DatasetInfo,
  DatasetOptions,
  DistanceKind,
  Fraction,
  SplitRule,
  Standardisation,
} from './data/dataset.js'
export { type DatasetName, datasetInfo, datasetNames, loadDataset, loadTable, publishedUse } from './data/datasets.js'
export { fetchDataset } from './data/fetchDataset.js'
export {
  type SyntheticKind,
  type SyntheticOptions,
  syntheticKinds,
  syntheticSamples,
} from './data/sets/synthetic/syntheticSamples.js'
export type {
  FetchDatasetOptions,
  FetchedDataset,
  PublishedConvergence,
  PublishedUse,
  VerifiedFile,
  Work,
  WorkBySize,
} from './data/source.js'
export type { Anomalies, AnomalyClasses, AnomalyShare } from './data/splits/anomalyMixture.js'
export { type Classified, mergeClasses, type NormalClasses, unionName } from './data/splits/normalClasses.js'
export { type SplitKind, splitKinds } from './data/splits/splitKind.js'
export { makeSplit, type Split, type SplitOptions } from './data/splits/splits.js'
export type { LabelledTable } from './data/tables/labelledTable.js'
export { type OpenTableOptions, openTable } from './data/tables/openTable.js'
export { type LabelledTableOptions, readLabelledTable } from './data/tables/readLabelledTable.js'
export { type TableDatasetOptions, tableDataset } from './data/tables/tableDataset.js'
export { type TableFormat, tableFormats } from './data/tables/tableFormat.js'
export type { TableBatch, TableReader, WantedColumns } from './data/tables/tableReader.js'
export { type DetectorDefinition, defineDetector } from './detectors/defineDetector.js'
export { type DecoderOutput, decoderOutputs } from './detectors/detectorGraph.js'
export type { DetectorMetadata } from './detectors/detectorMetadata.js'
export { type DetectorName, detectorNames } from './detectors/detectors.js'
export { type Detector, type LoadOptions, loadDetector } from './detectors/loadDetector.js'
export type { Loss, LossSettings, Objective } from './detectors/objectives/objective.js'
export type { TrainDetectorOptions } from './detectors/preparedTraining.js'
export type { Scored } from './detectors/scoreSession.js'
export { type ScoredBatch, type ScoreTableOptions, scoreTable } from './detectors/scoreTable.js'
export { publishedSettings, type TrainingSettings } from './detectors/settings.js'
export { type ClassRecall, type TrainedDetector, train } from './detectors/train.js'
export { type ErrorCode, ScoringBiasError } from './errors.js'
export type { JobOptions } from './job.js'
export type { ModelEntry, ParameterEntry, StatisticsEntry, TensorEntry } from './models/emitModel.js'
export { type ExportOptions, exportModels, type ModelExport, modelManifest } from './models/exportModels.js'
export type { ModelManifest } from './models/manifest.js'
export { type ModelOptions, type ModelRole, modelDefaults } from './models/modelPlan.js'
export type { ScoreArray } from './native.js'
export { type NetworkName, networkNames } from './nn/networks.js'
export { allowedErrors, type ComparedArrow, printedRounding } from './paper/compareWithPrinted.js'
export {
  type ConvergenceItem,
  type DensityItem,
  type DetectorsItem,
  type PaperItem,
  type PaperPair,
  type PaperScenario,
  paperItem,
  paperItems,
  type RecallItem,
  type TableItem,
} from './paper/paperItems.js'
export { type PrintedRecall, type PrintedRow, type PrintedTable, printedTables } from './paper/printedTables.js'
export { reproduce } from './paper/reproduce.js'
export { type ReproduceAllOptions, reproduceAll } from './paper/reproduceAll.js'
export type { ReproduceOptions } from './paper/reproduceOptions.js'
export { type ReproductionSize, reproductionSizes } from './paper/reproductionSizes.js'
export type {
  ConvergenceReproduction,
  DensityPanel,
  DensityReproduction,
  DetectorCell,
  DetectorOfType,
  DetectorsReproduction,
  FailedReproduction,
  RecallPanel,
  RecallReproduction,
  RepeatedScenario,
  ReproducedCell,
  ReproducedDistance,
  ReproducedRow,
  Reproduction,
  ReproductionHead,
  ReproductionSummary,
  ReproductionWork,
  TableReproduction,
} from './paper/types.js'
export type { OnProgress, Progress } from './progress.js'
export * as random from './random/index.js'
export { compareCsv } from './report/compare/compareCsv.js'
export {
  type CandidateJson,
  type ClassJson,
  type CompareJson,
  compareJson,
  type DetectorJson,
} from './report/compare/compareJson.js'
export { compareReport } from './report/compare/compareReport.js'
export { compareText } from './report/compare/compareText.js'
export { type ConvergeReportOptions, convergeReport, convergeSvg } from './report/converge/convergeReport.js'
export { convergeText } from './report/converge/convergeText.js'
export { csvField } from './report/csvField.js'
export { dataListText, dataShowText, dataVerifyText } from './report/data/dataText.js'
export { type SamplesOptions, samplesSvg } from './report/data/samplesSvg.js'
export { modelsText } from './report/detectors/modelsText.js'
export { trainText } from './report/detectors/trainText.js'
export { formatPercent } from './report/format.js'
export { jsonText } from './report/jsonText.js'
export { matrixReport, matrixSvg } from './report/matrix/matrixReport.js'
export { matrixText } from './report/matrix/matrixText.js'
export type { ReportOptions } from './report/pageParts.js'
export type { GalleryEntry } from './report/paper/galleryEntry.js'
export { reproductionCsv } from './report/paper/reproductionCsv.js'
export { reproductionGallery } from './report/paper/reproductionGallery.js'
export { type DensityPanelJson, type ReproductionJson, reproductionJson } from './report/paper/reproductionJson.js'
export { reproductionMarkdown } from './report/paper/reproductionMarkdown.js'
export { reproductionReport } from './report/paper/reproductionReport.js'
export { reproductionSvg } from './report/paper/reproductionSvg.js'
export { paperItemsText, reproductionText } from './report/paper/reproductionText.js'
export {
  type WriteReproductionOptions,
  type WrittenReproduction,
  writeReproduction,
} from './report/paper/writeReproduction.js'
export { planReport, planSvg } from './report/plan/planReport.js'
export { planText } from './report/plan/planText.js'
export { type RunTrainingJson, type StudyJson, studyJson } from './report/study/studyJson.js'
export { studyReport } from './report/study/studyReport.js'
export { studyText } from './report/study/studyText.js'
export * as graph from './rooms/graph.js'
export * as nn from './rooms/nn.js'
export { type Device, type DeviceRequest, deviceRequests } from './runtime/device.js'
export type { ScoreRow, ScoreRows } from './scores/scoreRows.js'
export {
  type IdealBias,
  type IdealOptions,
  type IdealTpr,
  idealBias,
  idealTpr,
} from './stats/bias/idealBias.js'
export { relativeBias } from './stats/bias/relativeBias.js'
export { type BiasAtTpr, type BiasAtTprOptions, relativeBiasAtTpr } from './stats/bias/relativeBiasAtTpr.js'
export {
  type CurvePoint,
  type RelativeBiasCurve,
  type RelativeBiasCurveOptions,
  relativeBiasCurve,
} from './stats/bias/relativeBiasCurve.js'
export { type Contrast, type JointBias, simultaneous } from './stats/bias/simultaneous.js'
export type {
  BiasReplicates,
  ClassBias,
  ClassReplicates,
  DetectorReading,
  RelativeBias,
  RelativeBiasOptions,
  ScorePair,
} from './stats/bias/types.js'
export { binomialInterval, type RateInterval } from './stats/binomialInterval.js'
export {
  type BootstrapOptions,
  type BootstrapResult,
  bootstrap,
  type Design,
  type DetectorScores,
  type Observed,
} from './stats/bootstrap/bootstrap.js'
export { type IntervalMethod, intervalMethods } from './stats/bootstrap/bootstrapInterval.js'
export { type Engine, engines } from './stats/bootstrap/engine.js'
export { type KendallOptions, type KendallTest, kendallTau, kendallTest } from './stats/correlation/kendallTest.js'
export { type MantelOptions, mantelTest } from './stats/correlation/mantelTest.js'
export { argsort } from './stats/ranks/argsort.js'
export { ecdf } from './stats/ranks/ecdf.js'
export { type QuantileDefinition, type QuantileOptions, quantiles } from './stats/ranks/quantiles.js'
export { type RankOptions, rank, type TieRule } from './stats/ranks/rank.js'
export { type Rates, rates } from './stats/ranks/rates.js'
export { sort } from './stats/ranks/sort.js'
export {
  type Threshold,
  type ThresholdOptions,
  type ThresholdsOptions,
  threshold,
  thresholds,
} from './stats/ranks/threshold.js'
export { type ThresholdAtTpr, type ThresholdAtTprOptions, thresholdAtTpr } from './stats/ranks/thresholdAtTpr.js'
export {
  fewestCertified,
  type ThresholdRule,
  thresholdRules,
  toleratedAlarms,
} from './stats/ranks/thresholdRule.js'
export { type AnomalyMatrix, type AnomalyMatrixOptions, anomalyMatrix, type MatrixRow } from './study/anomalyMatrix.js'
export { type ClassDescription, type DatasetDescription, describeDataset } from './study/describeDataset.js'
export type { MatrixSimilarity } from './study/matrixSimilarity.js'
export { type RunStudyOptions, runStudy } from './study/runStudy.js'
export { type ClassDistance, classDistances } from './study/similarity.js'
export type { Similarity, SimilarityTrend, TauUncertainty } from './study/similarityTrend.js'
export { storedStudies } from './study/store/storedStudies.js'
export type { StoredStudy, UnitStore } from './study/store/unitStore.js'
export { type StudyOptions, studyDefaults } from './study/studyOptions.js'
export type {
  ClassResult,
  Direction,
  Divergence,
  MeanSd,
  RunDetectorScores,
  RunScores,
  RunTraining,
  StudyData,
  StudyResult,
  StudySettings,
  StudyTraining,
} from './study/types.js'
export * as theory from './theory/index.js'
export { version } from './version.js'
export { AtomicFile, checkWritable, makeFolder, writeFileAtomic } from './writeFile.js'
