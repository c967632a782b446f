/** From scores to answers: how much more one detector detects than another, and how sure we can be. */

export { biasDefaults } from './biasDefaults.js'
export type { Alerts, AlertsOptions, DetectorAlerts } from './compare/alerts.js'
export type { CandidateLaw, SetLaw } from './compare/candidateLaw.js'
export { type CompareOptions, compare, type RowNames } from './compare/compare.js'
export {
  type CompareRangeOptions,
  compareRange,
  type NamedDetector,
  type RangeCandidate,
  type RangeClass,
  type RangeComparison,
} from './compare/compareRange.js'
export {
  type ComparedTraining,
  type CompareSeedsOptions,
  compareSeeds,
  type SeedClass,
  type SeedComparison,
  type TrainedDetector,
} from './compare/compareSeeds.js'
export { type CompareTargetsOptions, compareTargets } from './compare/compareTargets.js'
export { type JoinScoresOptions, joinScores } from './compare/joinScores.js'
export type { ReadScoresOptions } from './compare/readingOptions.js'
export { readScores } from './compare/readScores.js'
export type { ScoreColumns } from './compare/scoreColumns.js'
export { type ReadSummariesOptions, readSummaries } from './compare/summary/readSummaries.js'
export { type KeepOptions, type Summarised, type SummariseOptions, summarise } from './compare/summary/summarise.js'
export type { TrainingPatterns, TrainingsOf } from './compare/trainingColumns.js'
export type * from './compare/types.js'
export { type TableFormat, tableFormats } from './data/tables/tableFormat.js'
export { type ErrorCode, ScoringBiasError } from './errors.js'
export type { JobOptions } from './job.js'
export type { ScoreArray } from './native.js'
export type { OnProgress, Progress, WorkersNow } from './progress.js'
export type { NormalsBelow } from './scores/normalsBelow.js'
export type { ScoreCells } from './scores/scoreCells.js'
export type { MissingOfSet, MissingSamples, SplitCounts } from './scores/scoreCollector.js'
export type { ScoreRow, ScoreRows } from './scores/scoreRows.js'
export { type AnsweredBy, type BiasEngine, biasEngines } from './stats/bias/biasEngine.js'
export { type RangeOptions, type RangeScale, rangeScales } from './stats/bias/fprRange.js'
export { type Gate, type GateAnswer, type GateOptions, gates, type Verdict } from './stats/bias/gate.js'
export type { GroupCounts, GroupLabels, Groups } from './stats/bias/groupLabels.js'
export { type IdealBias, type IdealBiasOptions, idealBias } from './stats/bias/idealBias.js'
export { type IdealOptions, type IdealTpr, idealTpr } from './stats/bias/idealTpr.js'
export type { JointFprs } from './stats/bias/jointFprs.js'
export type { LawHistogram } from './stats/bias/lawHistogram.js'
export type { MixedBias, MixedRate, MixOptions } from './stats/bias/mix.js'
export type { BiasOptions } from './stats/bias/options.js'
export { relativeBias } from './stats/bias/relativeBias.js'
export { type BiasAtTpr, type BiasAtTprOptions, relativeBiasAtTpr } from './stats/bias/relativeBiasAtTpr.js'
export {
  type CurvePoint,
  type RelativeBiasCurve,
  type RelativeBiasCurveOptions,
  relativeBiasCurve,
} from './stats/bias/relativeBiasCurve.js'
export {
  type BiasOverRange,
  type ClassRangeAnswer,
  type OverRangeOptions,
  type RangeAnswer,
  relativeBiasOverRange,
} from './stats/bias/relativeBiasOverRange.js'
export type { ClassLabels, PairLabels } from './stats/bias/sets.js'
export { type Contrast, type JointBias, simultaneous } from './stats/bias/simultaneous.js'
export type * from './stats/bias/types.js'
export { binomialInterval, type RateInterval } from './stats/binomialInterval.js'
export {
  type BootstrapOptions,
  type BootstrapOutputs,
  type BootstrapResult,
  bootstrap,
  type Observed,
} from './stats/bootstrap/bootstrap.js'
export type { Design, DetectorScores } from './stats/bootstrap/bootstrapInput.js'
export { type IntervalMethod, intervalMethods } from './stats/bootstrap/bootstrapInterval.js'
export { type DecidedEngine, type Engine, engines } from './stats/bootstrap/engine.js'
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
export { fewestCertified, type ThresholdRule, thresholdRules, toleratedAlarms } from './stats/ranks/thresholdRule.js'
export {
  type ClassSeedAnswer,
  relativeBiasOfSeeds,
  type SeedAnswer,
  type SeedBias,
  type SeedBiasOptions,
} from './stats/runs/seedBias.js'
export { type Plan, type PlanOptions, planSamples } from './theory/planSamples.js'
export { version } from './version.js'
