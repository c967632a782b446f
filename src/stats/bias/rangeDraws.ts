import { at, invariant } from '../../check.js'
import type { BootstrapArguments, SampleGroups } from '../../native.js'
import type { SetName } from '../bootstrap/bootstrapInput.js'
import { type ConfidenceOptions, confidenceDraws } from '../bootstrap/confidenceDraws.js'
import { groupConfidenceDraws } from '../bootstrap/groupConfidenceDraws.js'
import { partOf } from './replicates.js'

/** ξ of one set of anomalies, draw by draw, as a mean over targets. */
export interface RangeDraws {
  /** [B] */
  readonly draws: Float64Array
  /** [B]: the part of each that is the thresholds' own; without groups. */
  readonly centres?: Float64Array
}

export interface RangeDrawsOptions extends Omit<ConfidenceOptions, 'first' | 'thresholds'> {
  /** What each target of the input counts; they sum to 1. */
  readonly weights: Float64Array
  readonly groups?: SampleGroups | undefined
}

/**
 * Draws of the confidence distribution of ξ of two detectors, [set], as a mean over the targets of the input: each draw is
 * read at all of them.
 *
 * Time: of T targets, draws by samples take O(T²) each, draws by groups T times that of one target. Memory: 16 bytes a set
 * and draw, and 100 MB at most besides.
 */
export function rangeDraws(
  input: BootstrapArguments['input'],
  { groups, ...options }: RangeDrawsOptions,
  nameOf: SetName,
): Promise<RangeDraws[]> {
  return groups === undefined ? sampleDraws(input, options, nameOf) : groupDraws(input, { ...options, groups }, nameOf)
}

/** Weights sum to 1 but for their rounding. */
const boundedXi = (sum: number): number => Math.min(1, Math.max(-1, sum))

/** Numbers of draws that are held at once, of all sets and targets. */
const mostHeld = 4e6

/** Draws of the mean over the range: each draw is read at all targets. */
async function sampleDraws(
  input: BootstrapArguments['input'],
  { resamples, weights, onProgress, ...options }: Omit<RangeDrawsOptions, 'groups'>,
  nameOf: SetName,
): Promise<RangeDraws[]> {
  const [nSets, nFprs] = [at(input.anomalous, 0).length, input.fprs.length]
  const found = Array.from({ length: nSets }, () => ({
    draws: new Float64Array(resamples),
    centres: new Float64Array(resamples),
  }))
  const most = Math.max(256, Math.floor(mostHeld / (3 * nSets * nFprs)))
  for (let first = 0; first < resamples; first += most) {
    const count = Math.min(most, resamples - first)
    const { tpr, centres } = await confidenceDraws(input, { ...options, first, resamples: count }, nameOf)
    invariant(tpr !== undefined && centres !== undefined, 'draws of a pair have both')
    for (let b = 0; b < count; b++) {
      for (const [k, { draws, centres: own }] of found.entries()) {
        let [sum, centre] = [0, 0]
        for (let f = 0; f < nFprs; f++) {
          const cell = (b * nFprs + f) * nSets + k
          sum += at(weights, f) * (at(tpr, 2 * cell + 1) - at(tpr, 2 * cell))
          centre += at(weights, f) * at(centres, cell)
        }
        draws[first + b] = boundedXi(sum)
        own[first + b] = boundedXi(centre)
      }
    }
    onProgress?.({ phase: 'resampling', done: first + count, total: resamples })
  }
  return found
}

/** The same for samples in groups: draws of one seed weigh groups alike at every target. */
async function groupDraws(
  input: BootstrapArguments['input'],
  { groups, weights, onProgress, ...options }: RangeDrawsOptions & { readonly groups: SampleGroups },
  nameOf: SetName,
): Promise<RangeDraws[]> {
  const nSets = at(input.anomalous, 0).length
  const found = Array.from({ length: nSets }, () => ({ draws: new Float64Array(options.resamples) }))
  for (const [f, fpr] of input.fprs.entries()) {
    const one = { ...input, fprs: Float64Array.of(fpr) }
    const { tpr } = await groupConfidenceDraws(
      one,
      { ...options, groups, nBaseline: 1, onProgress: partOf(onProgress, f, input.fprs.length) },
      nameOf,
    )
    for (const [k, { draws }] of found.entries()) {
      for (let b = 0; b < draws.length; b++) {
        const cell = 2 * (b * nSets + k)
        draws[b] = boundedXi(at(draws, b) + at(weights, f) * (at(tpr, cell + 1) - at(tpr, cell)))
      }
    }
  }
  return found
}
