export { biasOfLaws, type ScoreLaws } from './biasOfLaws.js'
export { type BiasVariance, biasVariance } from './biasVariance.js'
export type { SampleSizes } from './bound.js'
export {
  type CertifiedBias,
  type CertifiedBiasOptions,
  certifiedBias,
  type DetectorCertificate,
} from './certifiedBias.js'
export type { ExpectedRates, Pilot } from './expectedRates.js'
export {
  type GaussianBias,
  type GaussianDetector,
  type GaussianLaw,
  type GaussianReading,
  gaussianBias,
} from './gaussian.js'
export { type PilotRates, pilotRates } from './pilotRates.js'
export {
  type Plan,
  type PlanGoal,
  type PlannedSamples,
  type PlanOptions,
  planSamples,
} from './planSamples.js'
export { type Power, type PowerOptions, power } from './power.js'
export { type Precision, type PrecisionOptions, precision } from './precision.js'
export { type RocSlope, type RocSlopeOptions, rocSlope } from './rocSlope.js'
export {
  type SampleComplexity,
  type SampleComplexityOptions,
  sampleComplexity,
  type TheoremVersion,
  theoremVersions,
} from './sampleComplexity.js'
export type { TheoremPlan } from './theoremPlans.js'
