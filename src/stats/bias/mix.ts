import { at, halfOpen, invariant, type OptionChecks, plain, record, requireKnown } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { JobOptions } from '../../job.js'
import type { SetName } from '../bootstrap/bootstrapInput.js'
import { alphaOf, bootstrapReading } from '../bootstrap/bootstrapInterval.js'
import { confidenceDraws } from '../bootstrap/confidenceDraws.js'
import { type Direction, direction } from './direction.js'
import type { BiasEstimate } from './estimate.js'
import { replicatesOf } from './setBias.js'
import { cut, jointLevel, undecided } from './simultaneous.js'
import type { BiasAnswer } from './types.js'

/** Of a question about a stated mix of classes. */
export interface MixOptions {
  /** Shares of the classes, which sum to 1; a class without one has none. Default: no answer for a mix. */
  readonly mix?: Readonly<Record<string, number>> | undefined
}

const share = halfOpen(0, Number.POSITIVE_INFINITY)

export const mixChecks: OptionChecks<MixOptions> = {
  mix: plain((name, value) => {
    record(name, value)
    for (const [own, weight] of Object.entries(value ?? {})) share(`${name} of '${own}'`, weight)
  }),
}

/** A recall on a mix of classes, and the interval of the confidence distribution. */
export interface MixedRate {
  readonly rate: number
  readonly interval: readonly [number, number]
}

/** ξ on a mix of classes that is stated, not that of the samples. */
export interface MixedBias extends Omit<BiasAnswer, 'gate' | 'direction'> {
  readonly direction: Direction
  readonly mix: Readonly<Record<string, number>>
  readonly tprBaseline: MixedRate
  readonly tprCandidate: MixedRate
  /** Of the draws that it is read off. */
  readonly resamples: number
  readonly seed: number
}

/** The share of each class. Errors: `UNKNOWN_CLASS` with the nearest, `OUT_OF_RANGE` where they do not sum to 1. */
export function sharesOfMix(mix: Readonly<Record<string, number>>, classNames: readonly string[]): number[] {
  if (classNames.length === 0)
    throw outOfRange(
      'mix names classes, but the samples have none. Name their column with class (--class), or leave mix out',
    )
  for (const name of Object.keys(mix)) requireKnown('class of mix', name, classNames, 'UNKNOWN_CLASS')
  const byClass = new Map(Object.entries(mix))
  const sum = Array.from(byClass.values()).reduce((total, one) => total + one, 0)
  if (Math.abs(sum - 1) > 1e-9) {
    throw outOfRange(`the shares of mix sum to ${Number(sum.toPrecision(10))}. Give shares that sum to 1`)
  }
  return classNames.map((name) => byClass.get(name) ?? 0)
}

function outOfRange(message: string): ScoringBiasError {
  return new ScoringBiasError('OUT_OF_RANGE', message)
}

interface MixQuestion extends JobOptions {
  readonly mix: Readonly<Record<string, number>>
  readonly level: number
  readonly resamples: number
  readonly seed: number
  /** Targets that are asked about. */
  readonly nTargets: number
}

/**
 * ξ of each candidate on a mix: Σ m_k ξ_k, m_k the share of class k. Its law is that of the same sum draw by draw of the
 * confidence distribution, in which classes share their thresholds (docs/intervals.md), whatever the interval method.
 * Simultaneous intervals hold for all candidates and targets by Bonferroni. The recall of the baseline is one quantity and
 * has one interval, read off the draws beside the first candidate: those beside another are of the same law, but other draws.
 *
 * Time and memory: those of `confidenceDraws`.
 */
export async function mixedBiases(
  { fpr, sets, replicates }: BiasEstimate,
  { mix, level, nTargets, ...options }: MixQuestion,
  nameOf: SetName,
): Promise<MixedBias[]> {
  const weights = sharesOfMix(mix, sets.classNames)
  const alpha = alphaOf(level)
  const found: MixedBias[] = []
  for (const { input, tolerant, result, groups } of replicates.pairs) {
    const f = Array.from(input.fprs).indexOf(fpr)
    // Draws by groups are there already, of all targets.
    const draws =
      groups === undefined
        ? await confidenceDraws({ ...input, fprs: Float64Array.of(fpr) }, { ...options, thresholds: false }, nameOf)
        : result
    const first = groups === undefined ? 0 : f * result.nClasses
    // A single class is all anomalies.
    const cells = weights.map((_, k) => first + (weights.length === 1 ? 0 : k + 1))
    const columns = cells.map((cell) => replicatesOf(draws, cell))
    const summed = (values: readonly Float64Array[]) =>
      Float64Array.from({ length: draws.resamples }, (_, b) =>
        weights.reduce((sum, weight, k) => sum + weight * at(at(values, k), b), 0),
      )
    const rate = (d: 0 | 1): MixedRate => {
      const values = summed(columns.map((one) => (d === 0 ? one.tprBaseline : one.tprCandidate)))
      const tprs = cells.map((cell) => at(draws.observed.observedTpr, 2 * cell + d))
      const [low, high] = bootstrapReading(values, 0, { method: 'confidence' }).interval(alpha)
      const observed = weights.reduce((sum, weight, k) => sum + weight * at(tprs, k), 0)
      return { rate: observed, interval: [Math.max(0, low), Math.min(1, high)] }
    }
    const [tprBaseline, tprCandidate] = [found[0]?.tprBaseline ?? rate(0), rate(1)]
    const xis = summed(columns.map(({ xi }) => xi))
    const own = bootstrapReading(xis, 0, { method: 'confidence' })
    invariant(tolerant.length === nTargets, 'every target has its evidence')
    const reading = at(tolerant, f) ? own : undecided(own)
    const { gamma, adjusted } = jointLevel([xis], alpha, replicates.pairs.length * nTargets)
    const simultaneous = cut(reading.interval(gamma))
    found.push({
      ...{ resamples: draws.resamples, seed: options.seed },
      ...{ mix, tprBaseline, tprCandidate, xi: tprCandidate.rate - tprBaseline.rate },
      ...{ interval: cut(reading.interval(alpha)), pValue: reading.pValue },
      ...{ simultaneous, pAdjusted: adjusted(reading.pValue), direction: direction(simultaneous) },
    })
  }
  return found
}
