import { at } from '../../check.js'
import { normal } from '../../random/normal.js'
import { permutation } from '../../random/permutation.js'
import { studentTQuantile } from '../../special.js'
import { meanSd } from '../meanSd.js'

/** A quantity that training decides, and that is asked for on average over all trainings that could be. */
export interface TrainedMean {
  /** Over the trainings that there are. */
  readonly mean: number
  /** [draw]: what the samples leave open about it; see {@link sampleDraws}. */
  readonly samples: Float64Array
  /** What training leaves open about it; undefined where no training was repeated. */
  readonly training: TrainingError | undefined
}

/** The standard error of a mean over trainings, and the degrees of freedom that it was estimated with. */
export interface TrainingError {
  readonly standardError: number
  readonly degrees: number
}

/** The mean of a quantity that every run gives. */
export interface RunMean extends TrainedMean {
  /** [run] */
  readonly values: Float64Array
}

/** A {@link RunMean} of values, [run], and their {@link sampleDraws}, [run][draw]. */
export function runMean(values: Float64Array, draws: readonly Float64Array[]): RunMean {
  return { values, mean: meanSd(values).mean, samples: sampleDraws(values, draws), training: trainingError(values) }
}

/** That of the mean of values, [run]: s/√R with R − 1 degrees of freedom; undefined for one run. */
export function trainingError(values: Float64Array): TrainingError | undefined {
  const nRuns = values.length
  return nRuns < 2 ? undefined : { standardError: meanSd(values).sd / Math.sqrt(nRuns), degrees: nRuns - 1 }
}

/** A t law, spread over draws. */
export type TrainingNoise = ReturnType<typeof trainingNoise>

/**
 * Draws of the mean of a quantity over all runs and samples that could be: its confidence distribution.
 *
 * Runs and samples are crossed: every run scores the same samples. With x_r the value of run r, and T_r, S and E_r what
 * training, the samples and their interaction do to it,
 *
 *     x_r = μ + T_r + S + E_r,     Var(x̄) = σ_S² + (σ_T² + σ_E²)/R.
 *
 * The variance s² of x_r over runs estimates σ_T² + σ_E² with R − 1 degrees of freedom, so the part of training is
 * t·s/√R with t of Student's law of R − 1 degrees. The part of the samples is that of {@link sampleDraws}. A draw is the
 * sum of both, as in the solution of Behrens and Fisher, whose intervals cover at least as often as they say whatever the two variances are (Robinson, Annals of Statistics 4, 1976);
 * that takes effects of training to be about normal (docs/intervals.md measures it, and what happens where they are not).
 *
 * One run shows nothing of training: the draws are of the samples alone.
 *
 * @param number of this quantity; noise of other numbers is independent
 */
export function runMeanLaw({ samples, training }: TrainedMean, noise: TrainingNoise, number: number): Float64Array {
  if (training === undefined || training.standardError === 0) return samples
  const t = noise(training.degrees, number)
  return samples.map((x, b) => x + training.standardError * at(t, b))
}

/**
 * What the samples leave open about a mean over runs.
 *
 * The mean over runs of the draws has variance v = σ_S² + σ_E²/R, in the words of {@link runMeanLaw}, and their deviations
 * from run to run have σ_E² = e². The variance s² of the values over runs holds σ_E² too. For it not to count twice the
 * draws are brought together about their mean by √(1 − min(s², e²)/(R·v)); where s² is the smaller, by chance, only that
 * is taken off, and both parts together never vary less than the samples let them.
 *
 * @param values [run]
 * @param draws [run][draw]: of each value, a draw being of the same samples in every run
 */
export function sampleDraws(values: Float64Array, draws: readonly Float64Array[]): Float64Array {
  const nRuns = draws.length
  const means = meanOf(draws)
  const { mean, sd } = meanSd(means)
  if (nRuns === 1 || sd === 0) return means
  const counted = Math.min(meanSd(values).sd ** 2, interactionOf(draws, means)) / nRuns
  const closer = Math.sqrt(Math.max(0, 1 - counted / sd ** 2))
  return means.map((x) => mean + closer * (x - mean))
}

/** The variance by which runs, [run][draw], deviate from their mean, [draw], from draw to draw; 0 for one run. */
export function interactionOf(draws: readonly Float64Array[], means: Float64Array): number {
  const { mean } = meanSd(means)
  const centres = draws.map((run) => meanSd(run).mean)
  const degrees = Math.max(1, draws.length - 1)
  return means.reduce((sum, x, b) => {
    const deviations = draws.reduce((squares, run, r) => squares + (at(run, b) - at(centres, r) - (x - mean)) ** 2, 0)
    return sum + deviations / degrees / means.length
  }, 0)
}

/** Of columns of one length, place by place. */
export function meanOf(columns: readonly Float64Array[]): Float64Array {
  return at(columns, 0).map((_, i) => columns.reduce((sum, column) => sum + at(column, i), 0) / columns.length)
}

/**
 * Noise of Student's law, as many values as there are draws: its quantiles at r/(B + 1), r = 1 … B, in an order of its own
 * for each number. So a tail is as the law has it, not as some thousand draws happen to.
 *
 * Quantities are given independent noise though runs are common to them: an estimate of how they go together from R
 * runs has rank R − 1, and taken for true would find a family of many smaller than it is. For independent noise the
 * level of a family is Šidák's, which holds for positively and negatively dependent normal effects (Journal of the
 * American Statistical Association 62, 1967).
 *
 * @param stream of Philox, used for nothing else
 */
export function trainingNoise(nDraws: number, { seed, stream }: { readonly seed: number; readonly stream: number }) {
  const quantiles = new Map<number, Float64Array>()
  const quantilesOf = (degrees: number): Float64Array => {
    const known = quantiles.get(degrees)
    if (known !== undefined) return known
    const made = Float64Array.from({ length: nDraws }, (_, i) => studentTQuantile((i + 1) / (nDraws + 1), degrees))
    quantiles.set(degrees, made)
    return made
  }
  return (degrees: number, number: number): Float64Array => {
    const t = quantilesOf(degrees)
    return Float64Array.from(permutation(nDraws, { seed, stream, replicate: number }), (place) => at(t, place))
  }
}

/** Philox streams of {@link xiDraws}; used for nothing else. */
const noiseStream = 0x58494e4f
const scaleStream = 0x58495343

/** So many draws place a rank correlation well enough. */
const mostDraws = 10_000

/**
 * Draws of some quantities together, with the dependence that runs give them: what a statistic of them all, such as a rank
 * correlation, does where they are uncertain.
 *
 * A draw is one of {@link sampleDraws}, plus Σ_r g_r·(x_r − x̄)/√(R(R − 1)) over the R runs with g_r standard normal,
 * divided by √(χ²/(R − 1)) with R − 1 degrees of freedom: a multivariate t around 0 with the scale of the mean over runs,
 * so heavy-tailed where runs are few. One run cannot show what training leaves open.
 *
 * @returns [quantity][at most 10,000]; values beyond ±1 are not cut, which would tie them
 */
export function xiDraws(
  quantities: readonly Pick<RunMean, 'values' | 'samples'>[],
  seed: number,
): readonly Float64Array[] {
  const nRuns = at(quantities, 0).values.length
  const nDraws = Math.min(at(quantities, 0).samples.length, mostDraws)
  const weights = runWeights(nDraws, nRuns, seed)
  return quantities.map(({ values, samples }) => {
    const { mean } = meanSd(values)
    return samples
      .slice(0, nDraws)
      .map((x, b) => values.reduce((sum, one, run) => sum + at(weights, b * nRuns + run) * (one - mean), x))
  })
}

/** Shape [draws, runs]. */
function runWeights(nDraws: number, nRuns: number, seed: number): Float64Array {
  if (nRuns === 1) return new Float64Array(nDraws)
  const degrees = nRuns - 1
  const scales = normal(nDraws * degrees, { seed, stream: scaleStream })
  const weights = normal(nDraws * nRuns, { seed, stream: noiseStream })
  for (let b = 0; b < nDraws; b++) {
    const chiSquare = scales.subarray(b * degrees, (b + 1) * degrees).reduce((sum, z) => sum + z * z, 0)
    const scale = Math.sqrt(nRuns * degrees) * Math.sqrt(chiSquare / degrees)
    for (let i = b * nRuns; i < (b + 1) * nRuns; i++) weights[i] = at(weights, i) / scale
  }
  return weights
}
