import { allocate } from '../../allocate.js'
import { biasDefaults } from '../../biasDefaults.js'
import { at, type OptionChecks, oneOf, requireOptions } from '../../check.js'
import { counted } from '../../counted.js'
import { ScoringBiasError } from '../../errors.js'
import { runJob, threadsOf } from '../../job.js'
import { addon } from '../../native.js'
import { copyInput, type Design, designs, requireSameLength } from '../bootstrap/bootstrapInput.js'
import { alphaOf } from '../bootstrap/bootstrapInterval.js'
import { emptySide } from '../ranks/thresholdRule.js'
import { type Direction, direction } from './direction.js'
import {
  copyPair,
  type IdealOptions,
  type IdealSettings,
  type IdealTpr,
  idealChecks,
  idealOf,
  idealSettings,
  type PairCopy,
} from './idealTpr.js'
import { detectorsOf, pairNameOf, pairNames } from './relativeBias.js'
import { pairEvidence } from './replicates.js'
import { discordant, fewDeciding, rarerOutcome, setBias } from './setBias.js'
import { cut } from './simultaneous.js'
import type { ScorePair } from './types.js'
import { detectorWarnings, thresholdWarnings } from './warnings.js'

/** Options of {@link idealBias}. */
export interface IdealBiasOptions extends IdealOptions {
  /** `paired`: both detectors scored the same samples; `independent`: each its own. Default `paired`. */
  readonly design?: Design | undefined
}

const checks: OptionChecks<IdealBiasOptions> = { ...idealChecks, design: oneOf('design', designs) }

/** ξ of two detectors, and what its law over all resamples says of it. */
export interface IdealBias {
  /** ξ = TPR(candidate) − TPR(baseline). */
  readonly xi: number
  readonly design: Design
  readonly baseline: IdealTpr
  readonly candidate: IdealTpr
  /** Mean of ξ over all resamples. */
  readonly mean: number
  /** Standard deviation of ξ over all resamples. */
  readonly standardError: number
  /**
   * Float64Array [2 n₁ + 1], paired: `law[n₁ + d]` is the probability that ξ* = d/n₁. Undefined for samples of their own,
   * whose ξ* lies on the lattice of 1/(n₁n₁′).
   */
  readonly law: Float64Array | undefined
  /**
   * Percentile interval; by the confidence distribution where fewer than 30 samples decide, which are too few to
   * resample.
   */
  readonly interval: readonly [number, number]
  /**
   * Two-sided, for ξ = 0: twice the smaller of P(ξ* ≤ 0) and P(ξ* ≥ 0). Not resolved below about 1e-18, paired below
   * 1e-9, which is then given. 1 where the target leaves its threshold no place among the normals; the interval is then
   * widened to hold 0.
   */
  readonly pValue: number
  /** Of the interval. */
  readonly direction: Direction
  /** The target false-positive rate. */
  readonly fpr: number
  readonly level: number
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
}

/**
 * The ideal bootstrap of ξ = TPR(candidate) − TPR(baseline): the limit of {@link relativeBias} with
 * `intervalMethod: 'percentile'` as `resamples` grows, computed instead of drawn. No seed, no Monte Carlo error.
 *
 * Paired, both thresholds come from one resample of the normals. Their joint law is that of order statistics of a
 * multinomial on four cells; given them, n₁ξ* is the difference of two counts of a trinomial. docs/exact-law.md derives
 * both. The distribution function has an error below 1e-9, to which quantiles are read. Independent, the two TPRs
 * have the laws of {@link idealTpr}, and ξ* takes the values k/n₁′ − j/n₁; quantiles are exact on that lattice.
 *
 * Where fewer than 30 samples decide, or the target leaves its threshold no place among the normals, interval and
 * p-value are those of `relativeBias` with `intervalMethod: 'confidence'`, and a warning says so. Exchanging the detectors mirrors the law; ties are exact; monotone maps of a detector's scores change no bit.
 *
 * Time, with that of {@link idealTpr} for each detector: paired, on one thread, 3 ms for 1,000 + 200 samples, 80 ms for
 * 10⁵ + 2·10⁴, a third of a second for 10⁶ + 10⁵; independent, beside it, 0.7 ms for 10⁵ anomalies. Memory: paired,
 * about 24 bytes for each pair of thresholds that flag other anomalies, up to some 10⁶ of them.
 *
 * Errors: those of {@link idealTpr}; paired, `LENGTH_MISMATCH`, and `OUT_OF_RANGE` for the threshold rule `linear`, whose
 * thresholds lie between samples.
 *
 * @example
 * const baseline = { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.of(3, 5, 2) }
 * const candidate = { normal: Float64Array.of(2, 1, 4, 3), anomalous: Float64Array.of(5, 6, 1) }
 * const { xi, law, interval, pValue } = await idealBias({ baseline, candidate }, { fpr: 0.25 }) // law: Float64Array [7]
 */
export async function idealBias(
  scores: { readonly baseline: ScorePair; readonly candidate: ScorePair },
  options: IdealBiasOptions = {},
): Promise<IdealBias> {
  const { design = 'paired', ...asked } = requireOptions('idealBias', options, checks)
  const settings = idealSettings(asked)
  const pairs = detectorsOf(scores).map((_, d) => copyPair(`${at(pairNames, d)}.`, scores[at(pairNames, d)]))
  if (design === 'paired') requirePaired(pairs, settings)
  const both = await Promise.all(pairs.map((pair) => idealOf(pair, settings)))
  const [baseline, candidate] = [at(both, 0).ideal, at(both, 1).ideal]
  const law =
    design === 'paired' ? await pairedLaw(pairs, settings) : await independentLaw([baseline, candidate], settings)
  const { fpr, level } = settings
  const detectors = both.map(({ ideal, ties }, d) => ({ name: at(pairNames, d), ...ideal, ties }))
  const tolerant = detectors.every(({ nNormal }) => emptySide(fpr, nNormal, settings.definition) === undefined)
  const deciding = decidingOf(design, pairs, [baseline, candidate])
  const few = deciding < fewDeciding
  const { interval, pValue } = few || !tolerant ? await confidenceOf(pairs, design, settings) : law
  return {
    xi: candidate.observedTpr - baseline.observedTpr,
    design,
    baseline,
    candidate,
    mean: law.mean,
    standardError: law.standardError,
    law: law.law,
    interval,
    pValue,
    direction: direction(interval),
    fpr,
    level,
    warnings: [
      ...thresholdWarnings({ ...settings, intervalMethod: 'percentile' }, detectors),
      ...detectors.flatMap((detector) => detectorWarnings(detector, fpr)),
      ...(few && tolerant ? [fewDecidingWarning(deciding)] : []),
    ],
  }
}

function requirePaired(pairs: readonly PairCopy[], { thresholdRule }: IdealSettings): void {
  const [baseline, candidate] = [at(pairs, 0), at(pairs, 1)]
  requireSameLength('candidate.normal', candidate.normal, 'baseline.normal', baseline.normal)
  requireSameLength('candidate.anomalous', candidate.anomalous, 'baseline.anomalous', baseline.anomalous)
  if (thresholdRule === 'linear') {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      "thresholdRule 'linear' puts thresholds between samples. The paired law in closed form has none there. " +
        "Use 'inverse-cdf', or relativeBias, which draws",
    )
  }
}

type Law = Pick<IdealBias, 'mean' | 'standardError' | 'law' | 'interval' | 'pValue'>

async function pairedLaw(pairs: readonly PairCopy[], settings: IdealSettings): Promise<Law> {
  const scores = pairs.flatMap(({ normal, anomalous }) => [normal, anomalous])
  const law = allocate('the law of ξ', 2 * at(scores, 1).length + 1, (n) => new Float64Array(n))
  const quantiles = new Float64Array(2)
  const readings = new Float64Array(4)
  const { definition, fpr, probabilities } = settings
  const outputs = { law, quantiles, readings }
  const threads = threadsOf(settings)
  await runJob(
    (control) => addon.pairedLaw(scores, definition, fpr, probabilities, outputs, threads, control),
    (array) => pairNameOf(Math.floor(array / 2), array % 2),
    settings,
  )
  // Rounding leaves probabilities of about -1e-17 where there are none.
  law.forEach((probability, i) => {
    law[i] = Math.max(0, probability)
  })
  const [mean, standardError] = [at(readings, 0), at(readings, 1)]
  const tail = Math.max(pairedError, Math.min(at(readings, 2), at(readings, 3)))
  return { mean, standardError, law, interval: [at(quantiles, 0), at(quantiles, 1)], pValue: Math.min(1, 2 * tail) }
}

/** Of the paired law's distribution function, half of the least p-value. */
const pairedError = 5e-10

async function independentLaw(tprs: readonly [IdealTpr, IdealTpr], settings: IdealSettings): Promise<Law> {
  const quantiles = new Float64Array(2)
  const signs = new Float64Array(2)
  const [baseline, candidate] = tprs
  await runJob(
    (control) =>
      addon.idealDifference(baseline.law, candidate.law, settings.probabilities, { quantiles, signs }, control),
    (array) => at(pairNames, array),
    settings,
  )
  return {
    mean: candidate.mean - baseline.mean,
    standardError: Math.hypot(baseline.standardError, candidate.standardError),
    law: undefined,
    interval: [at(quantiles, 0), at(quantiles, 1)],
    pValue: Math.min(1, 2 * Math.max(Number.MIN_VALUE, Math.min(...signs))),
  }
}

function decidingOf(design: Design, pairs: readonly PairCopy[], tprs: readonly IdealTpr[]): number {
  if (design === 'independent') {
    return tprs.reduce((sum, one) => sum + rarerOutcome(one.observedTpr, one.nAnomalous), 0)
  }
  const flags = (d: number) => ({ scores: at(pairs, d).anomalous, threshold: at(tprs, d).threshold })
  return discordant(flags(0), flags(1))
}

/** Interval and p-value of {@link relativeBias} where samples are too few to resample. */
async function confidenceOf(
  pairs: readonly ScorePair[],
  design: Design,
  { fpr, level, thresholdRule, delta, threads, signal }: IdealSettings,
): Promise<Pick<IdealBias, 'interval' | 'pValue'>> {
  const { resamples, seed, engine } = biasDefaults
  const detectors = pairs.map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] }))
  const input = copyInput(detectors, { fprs: [fpr], thresholdRule, delta, design }, pairNameOf)
  const drawn = { resamples, seed, engine, intervalMethod: 'confidence', threads, signal } as const
  const { reading } = setBias(await pairEvidence(input, drawn, pairNameOf), { f: 0, k: 0 }, { ...drawn, level, design })
  return { interval: cut(reading.interval(alphaOf(level))), pValue: reading.pValue }
}

function fewDecidingWarning(deciding: number): string {
  return (
    `only ${counted(deciding, 'sample')} ${deciding === 1 ? 'tells' : 'tell'} the detectors apart. The ideal bootstrap needs ` +
    `${fewDeciding}. So the interval and the p-value are by the method 'confidence' of relativeBias. ` +
    `Label more anomalies to have them by the ideal bootstrap`
  )
}
