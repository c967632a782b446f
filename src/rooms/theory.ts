/** What theory says before or beside the data: Theorem 3 of the paper in four versions, power, planning, Gaussian scores. */
export { biasOfLaws, type ScoreLaws } from '../theory/biasOfLaws.js'
export {
  type BiasVariance,
  biasVariance,
  type ExpectedRates,
  type KnownRates,
  type Pilot,
} from '../theory/biasVariance.js'
export type {
  CorrectedAssumptions,
  ExactExpectations,
  PublishedAssumptions,
  SampleSizes,
  SharpAssumptions,
} from '../theory/bounds.js'
export {
  type CertifiedBias,
  type CertifiedBiasOptions,
  certifiedBias,
  type DetectorCertificate,
} from '../theory/certifiedBias.js'
export {
  type GaussianBias,
  type GaussianDetector,
  type GaussianLaw,
  type GaussianReading,
  gaussianBias,
} from '../theory/gaussian.js'
export type { Detectors } from '../theory/options.js'
export { type PilotRates, pilotRates } from '../theory/pilotRates.js'
export type { GroupPlanOptions, PlannedGroups } from '../theory/planGroups.js'
export {
  type Plan,
  type PlanGoal,
  type PlannedSamples,
  type PlanOptions,
  planSamples,
  type SlopeSource,
} from '../theory/planSamples.js'
export { type PlannedSeeds, type PlanSeedsOptions, planSeeds, type SeedPlan } from '../theory/planSeeds.js'
export { type Power, type PowerOptions, power } from '../theory/power.js'
export { type Precision, type PrecisionOptions, precision } from '../theory/precision.js'
export { type RocSlope, type RocSlopeOptions, rocSlope } from '../theory/rocSlope.js'
export {
  type SampleComplexity,
  type SampleComplexityNumbers,
  type SampleComplexityOptions,
  sampleComplexity,
  type TheoremVersion,
  theoremVersions,
} from '../theory/sampleComplexity.js'
export type { TheoremPlan } from '../theory/theoremPlans.js'
