import { at } from '../../check.js'
import { meanSd } from '../meanSd.js'
import { interactionOf, meanOf, type TrainedMean, type TrainingError, trainingError } from './runMean.js'

/** A quantity that every training of one detector gives. */
export interface Trainings {
  /** [training] */
  readonly values: Float64Array
  /** [training][draw]: of each value, a draw being of the same samples in every training, and in those of the other side. */
  readonly draws: readonly Float64Array[]
}

/**
 * The difference of the means of a quantity over all trainings of a candidate and over all of a baseline, whose trainings
 * have nothing in common but the samples: as many of either or not.
 *
 * With side s of R_s trainings, x̄_s their mean, σ_T² what training does to a value and σ_E² the interaction of training and
 * samples,
 *
 *     Var(x̄_c − x̄_b) = σ_S² + Σ_s (σ_T,s² + σ_E,s²)/R_s.
 *
 * The variance s_s² of the values of a side estimates σ_T,s² + σ_E,s² with R_s − 1 degrees of freedom; the part of training is
 * √(Σ s_s²/R_s) times Student's t, with the degrees of Satterthwaite (Biometrics Bulletin 2, 1946), rounded down. The draws of
 * x̄_c − x̄_b vary by σ_S² + Σ σ_E,s²/R_s. For the interaction not to count twice they are brought together about their mean,
 * as `sampleDraws` does for runs that are pairs. (Obuchowski and Rockette, Communications in Statistics 24, 1995, have the
 * same components for readers and cases.)
 *
 * A side of one training is taken as it is: what other trainings of it would give is left open.
 */
export function seedLaw(baseline: Trainings, candidate: Trainings): TrainedMean {
  const sides = [baseline, candidate].map(sideOf)
  const [of, to] = [at(sides, 0), at(sides, 1)]
  const difference = to.draws.map((x, b) => x - at(of.draws, b))
  const { mean: centre, sd } = meanSd(difference)
  const counted = sides.reduce((sum, { values, interaction }) => {
    return sum + (values.length < 2 ? 0 : Math.min(meanSd(values).sd ** 2, interaction) / values.length)
  }, 0)
  const closer = sd === 0 ? 1 : Math.sqrt(Math.max(0, 1 - counted / sd ** 2))
  return {
    mean: meanSd(to.values).mean - meanSd(of.values).mean,
    samples: difference.map((x) => centre + closer * (x - centre)),
    training: joined(sides.flatMap(({ values }) => trainingError(values) ?? [])),
  }
}

/** A side's mean over trainings draw by draw, and what {@link interactionOf} says of it. */
function sideOf({ values, draws }: Trainings) {
  const means = meanOf(draws)
  return { values, draws: means, interaction: interactionOf(draws, means) }
}

/** Standard errors of independent means together; undefined for none. */
function joined(errors: readonly TrainingError[]): TrainingError | undefined {
  if (errors.length === 0) return undefined
  const variance = errors.reduce((sum, { standardError }) => sum + standardError ** 2, 0)
  const spread = errors.reduce((sum, { standardError, degrees }) => sum + (standardError ** 2) ** 2 / degrees, 0)
  const most = errors.reduce((sum, { degrees }) => sum + degrees, 0)
  const degrees = spread === 0 ? most : Math.max(1, Math.floor(variance ** 2 / spread + 1e-9))
  return { standardError: Math.sqrt(variance), degrees }
}
