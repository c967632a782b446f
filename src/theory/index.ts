export { biasOfLaws, type ScoreLaws } from './biasOfLaws.js'
export type { SampleSizes } from './bound.js'
export type { CorrectedAssumptions, ErrorSplit } from './corrected.js'
export type { ExactExpectations } from './exact.js'
export {
  type GaussianBias,
  type GaussianDetector,
  type GaussianLaw,
  type GaussianReading,
  gaussianBias,
} from './gaussian.js'
export type { PublishedAssumptions } from './published.js'
export {
  type SampleComplexity,
  type SampleComplexityOptions,
  sampleComplexity,
  type TheoremVersion,
  theoremVersions,
} from './sampleComplexity.js'
export type { SharpAssumptions } from './sharp.js'
