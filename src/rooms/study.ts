/** Studies: detectors trained over runs and compared on every class, and how estimates converge. */
export { converge } from '../converge/converge.js'
export { convergeDefaults, convergeScoresDefaults } from '../converge/convergeOptions.js'
export { convergeScores } from '../converge/convergeScores.js'
export type * from '../converge/types.js'
export { convergeThresholdRules, testSets } from '../converge/types.js'
export type { TrainingPhase } from '../detectors/batchPlan.js'
export type { SamplePool } from '../detectors/samplePool.js'
export { type KendallOptions, type KendallTest, kendallTau, kendallTest } from '../stats/correlation/kendallTest.js'
export { type MantelOptions, mantelTest } from '../stats/correlation/mantelTest.js'
export { type AnomalyMatrix, type AnomalyMatrixOptions, anomalyMatrix, type MatrixRow } from '../study/anomalyMatrix.js'
export type { CommonFacts } from '../study/commonFacts.js'
export type { BestEpochs } from '../study/core/bestEpochs.js'
export type { MatrixSimilarity, Similarity, SimilarityTrend, TauUncertainty } from '../study/core/similarityTrend.js'
export type * from '../study/core/types.js'
export type {
  RunRows,
  StoredStudy,
  TrainedWeights,
  Unit,
  UnitResult,
  UnitStore,
  UnitTrainer,
  UnitWork,
} from '../study/core/unit.js'
export { type ClassDescription, type DatasetDescription, describeDataset } from '../study/describeDataset.js'
export type { SettingResult, Side } from '../study/nearFar.js'
export type { RowDifference } from '../study/rowAnswers.js'
export { type RunStudyOptions, runStudy } from '../study/runStudy.js'
export { type ClassDistance, classDistances } from '../study/similarity.js'
export { storedStudies } from '../study/store/duckdbStore.js'
export { type StudyOptions, studyDefaults } from '../study/studyOptions.js'
export { type LabelSweep, labelSweep, type SweepCell, type SweepTurn } from '../study/sweep/labelSweep.js'
export { type LabelSweepOptions, sweepDefaults } from '../study/sweep/sweepOptions.js'
