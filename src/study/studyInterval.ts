import { studentTQuantile } from '../special.js'
import { meanSd } from '../stats/meanSd.js'

/** An interval of a study and what it is made of. */
export interface StudyInterval {
  readonly interval: readonly [number, number]
  /** Variance from the samples, of the mean over runs. */
  readonly samplingVariance: number
  /** Variance from training, of the mean over runs; 0 for one run, which cannot show it. */
  readonly trainingVariance: number
}

/**
 * A confidence interval of the mean of ξ over runs that covers both what the samples and what training leave to chance.
 *
 * Samples and runs are crossed: all runs score the same samples. With v_s the variance, over bootstrap replicates that
 * share their resample between runs, of the mean of ξ over runs, and v_t = s²/R for R runs with standard deviation s,
 * the interval is ξ̄ ± t·√(v_s + v_t), cut at ±1. Adding the variances of the two margins counts their interaction
 * twice and so errs on the wide side (Owen and Eckles, Annals of Applied Statistics 6, 2012). t has the effective
 * degrees of freedom (v_s + v_t)²(R − 1)/v_t² (Satterthwaite, Biometrics Bulletin 2, 1946), as v_s is known much
 * better than v_t. For one run v_t is unknown: the interval covers sampling alone.
 *
 * v_s is at least 1/(n + 2)²: where no sample is flagged by one detector and not by the other, every resample says the
 * same, and that is the variance Agresti and Min (Statistics in Medicine 24, 2005) give such a difference.
 *
 * @param xis ξ of every run
 * @param replicates the mean of ξ over runs, of every bootstrap replicate
 * @param n anomalies tested
 * @param level confidence level in (0, 1)
 */
export function studyInterval(
  xis: ArrayLike<number>,
  replicates: ArrayLike<number>,
  n: number,
  level: number,
): StudyInterval {
  const nRuns = xis.length
  const { mean, sd } = meanSd(xis)
  const samplingVariance = Math.max(meanSd(replicates).sd ** 2, 1 / (n + 2) ** 2)
  const trainingVariance = sd ** 2 / nRuns
  const variance = samplingVariance + trainingVariance
  const degrees = trainingVariance === 0 ? Number.POSITIVE_INFINITY : (variance / trainingVariance) ** 2 * (nRuns - 1)
  const reach = studentTQuantile(0.5 + level / 2, degrees) * Math.sqrt(variance)
  const interval = [Math.max(-1, mean - reach), Math.min(1, mean + reach)] as const
  return { interval, samplingVariance, trainingVariance }
}
