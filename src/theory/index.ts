export { biasOfLaws, type ScoreLaws } from './biasOfLaws.js'
export { type BiasVariance, biasVariance, type ExpectedRates } from './biasVariance.js'
export type { SampleSizes } from './bound.js'
export {
  type CertifiedBias,
  type CertifiedBiasOptions,
  certifiedBias,
  type DetectorCertificate,
} from './certifiedBias.js'
export type { CorrectedAssumptions, ErrorSplit } from './corrected.js'
export type { ExactExpectations } from './exact.js'
export {
  type GaussianBias,
  type GaussianDetector,
  type GaussianLaw,
  type GaussianReading,
  gaussianBias,
} from './gaussian.js'
export { type Pilot, type PilotRates, pilotRates } from './pilotRates.js'
export {
  type Plan,
  type PlanGoal,
  type PlannedSamples,
  type PlanOptions,
  planSamples,
  type SlopeSource,
} from './planSamples.js'
export { type Power, type PowerOptions, power } from './power.js'
export { type Precision, type PrecisionOptions, precision } from './precision.js'
export type { PublishedAssumptions } from './published.js'
export { type RocSlope, type RocSlopeOptions, rocSlope } from './rocSlope.js'
export {
  type SampleComplexity,
  type SampleComplexityOptions,
  sampleComplexity,
  type TheoremVersion,
  theoremVersions,
} from './sampleComplexity.js'
export type { SharpAssumptions } from './sharp.js'
export type { TheoremPlan } from './theoremPlans.js'
