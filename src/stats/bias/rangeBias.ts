import { at } from '../../check.js'
import type { ScoreArray } from '../../native.js'
import { bootstrapReading } from '../bootstrap/bootstrapInterval.js'
import type { ConfidenceOptions } from '../bootstrap/confidenceDraws.js'
import { meanSd } from '../meanSd.js'
import { sortedScores } from '../ranks/sortedScores.js'
import { emptySide } from '../ranks/thresholdRule.js'
import { atCentres } from './classAtThresholds.js'
import type { BiasEstimate, Compared } from './estimate.js'
import { families } from './families.js'
import { type FprRange, flaggedShares, fprsInRange, type RangeFprs, targetsOf } from './fprRange.js'
import { type GateOptions, gatedAnswers, gatedSets } from './gate.js'
import { type Groups, groupCounts, groupedSets } from './groupLabels.js'
import { type RangeDraws, rangeDraws } from './rangeDraws.js'
import { pairOf, partOf } from './replicates.js'
import { designEffect, type SetBias } from './setBias.js'
import { type ScoreSets, scoreSets } from './sets.js'
import { undecided } from './simultaneous.js'
import { usualDraws } from './usualDraws.js'

/** Targets at which each draw is read. Three times as many change the standard deviation of draws by 1 % (docs/ranges.md). */
const nTargets = 16

export interface RangeQuestion extends GateOptions, Omit<ConfidenceOptions, 'first' | 'thresholds' | 'resamples'> {
  /** Default: as many as the family of classes and candidates needs. */
  readonly resamples: number | undefined
  readonly range: FprRange
  readonly level: number
  /** Default: each sample is on its own. */
  readonly groups?: Groups | undefined
}

/** ξ over a range of each candidate on all anomalies and on each class; recalls are means over the range, too. */
export interface RangeEstimate extends Pick<BiasEstimate, 'sets' | 'groups' | 'candidates'> {
  /** [detector] */
  readonly fprs: readonly RangeFprs[]
  readonly resamples: number
}

/** The one way from scores to ξ over a range: as `estimateTargets`, with the mean over the range in the place of a target. */
export async function estimateRange(
  { detectors, labels, nameOf }: Compared,
  question: RangeQuestion,
): Promise<RangeEstimate> {
  const { range, level } = question
  const { fprs, weights } = targetsOf(range, nTargets)
  const sets = scoreSets(detectors, labels, { fprs }, nameOf)
  const { resamples = usualDraws((detectors.length - 1) * sets.classNames.length, level) } = question
  const options = { ...question, resamples }
  const gated = gatedSets(options, sets.classNames)
  const grouped = options.groups === undefined ? undefined : groupedSets(sets, options.groups, nameOf)
  const flagged = await flaggedOf(sets, options, nameOf)
  const shares = flagged.map((one) => one.shares)
  const biases: SetBias[][] = []
  const nPairs = detectors.length - 1
  for (let d = 1; d <= nPairs; d++) {
    const { input } = pairOf(sets, d)
    const own = { ...options, weights, groups: grouped?.samples, onProgress: partOf(options.onProgress, d - 1, nPairs) }
    const draws = await rangeDraws(input, own, nameOf)
    const differences = at(shares, d).map((share, i) => share - at(at(shares, 0), i))
    const found = sets.rows.map((rows, k) => {
      const evidence = {
        draws: at(draws, k),
        groups: grouped && { ...grouped.samples, of: at(grouped.samples.classes, k) },
      }
      return setBias(pick(differences, rows), pick(at(shares, 0), rows), {
        ...evidence,
        tolerant: isTolerant(sets, range),
      })
    })
    // One class holds all anomalies: the same samples, and one answer.
    biases.push(sets.classNames.length === 1 ? [...found, at(found, 0)] : found)
  }
  const family = { level, shared: nPairs === 1 || grouped !== undefined, design: 'paired' } as const
  const plain = await families(
    biases.map((one) => [one]),
    family,
  )
  const answers = gated === undefined ? plain : await gatedAnswers(plain, gated, family)
  return {
    sets,
    groups: grouped && groupCounts(grouped, sets.classNames.length),
    candidates: answers.map((targets) => at(targets, 0)),
    fprs: flagged.map((one) => one.fprs),
    resamples,
  }
}

/** Whether thresholds have a place among the normals all over the range. */
function isTolerant({ input }: ScoreSets, { from, to }: FprRange): boolean {
  const { length } = at(input.normal, 0)
  return [from, to].every((fpr) => emptySide(fpr, length, input.definition) === undefined)
}

/** Of each detector the shares of {@link flaggedShares}, [anomaly]. */
async function flaggedOf({ input }: ScoreSets, { range, threads, signal }: RangeQuestion, nameOf: Compared['nameOf']) {
  const found: { readonly shares: Float64Array; readonly fprs: RangeFprs }[] = []
  for (const [d, normal] of input.normal.entries()) {
    const sorted = await sortedScores(nameOf(d, 0), normal, { threads, signal })
    found.push({
      shares: flaggedShares(sorted, at<ScoreArray>(at(input.anomalous, d), 0), range),
      fprs: fprsInRange(sorted, range),
    })
  }
  return found
}

function pick(values: Float64Array, rows: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: rows.length }, (_, i) => at(values, at(rows, i)))
}

interface Evidence {
  readonly draws: RangeDraws
  readonly groups: { readonly of: Uint32Array; readonly count: number } | undefined
  readonly tolerant: boolean
}

/** @param differences [anomaly]: of the shares of the range over which candidate and baseline flag it */
function setBias(differences: Float64Array, baseline: Float64Array, { draws, groups, tolerant }: Evidence): SetBias {
  const n = differences.length
  const [difference, tprBaseline] = [meanSd(differences).mean, meanSd(baseline).mean]
  // Shares of the range are sums, which need not cancel to the last bit.
  const xi = Math.abs(difference) < 1e-14 ? 0 : difference
  const standardError = meanSd(draws.draws).sd
  // A sample that is flagged over a part of the range decides as much as the square of that part.
  const deciding = differences.reduce((sum, one) => sum + one ** 2, 0)
  const effect = groups === undefined ? 1 : designEffect(differences, groups.of, groups.count)
  const sampling = (effect * Math.max(0, deciding / n - xi ** 2)) / n
  const reading = bootstrapReading(draws.draws, xi, { method: 'confidence' })
  const { centres } = draws
  return {
    ...{ n, nCandidate: n, tprBaseline, tprCandidate: Math.min(1, Math.max(0, tprBaseline + xi)), xi },
    ...{ law: { draws: draws.draws }, reading: tolerant ? reading : undecided(reading), replicates: undefined },
    ...{ deciding, designEffect: effect, grouped: groups !== undefined, replaced: false, tolerant, standardError },
    thresholdVariance: centres === undefined ? Math.max(0, standardError ** 2 - sampling) : meanSd(centres).sd ** 2,
    thresholds: centres && (() => atCentres(centres, deciding / n)),
  }
}
