import { at, invariant } from '../../check.js'
import type { BootstrapArguments, SampleGroups, ScoreArray } from '../../native.js'
import type { PairResult } from '../bootstrap/bootstrap.js'
import type { Design } from '../bootstrap/bootstrapInput.js'
import {
  alphaOf,
  bootstrapReading,
  type IntervalMethod,
  percentileReading,
  type Reading,
  type ReadingOptions,
  zOf,
} from '../bootstrap/bootstrapInterval.js'
import { meanSd } from '../meanSd.js'
import type { JointLaws } from './biasLaw.js'
import { type AtThresholds, classAtThresholds, withVariance } from './classAtThresholds.js'
import type { ConfidenceLaws } from './confidenceLaw.js'
import type { ExactLaws } from './exactLaws.js'
import { lawReading } from './lawReading.js'
import { undecided } from './simultaneous.js'
import type { ClassReplicates } from './types.js'

/** ξ on one set of anomalies at one target, for itself. */
export interface SetBias {
  /** Anomalies of the set that the baseline scored, and the candidate. */
  readonly n: number
  readonly nCandidate: number
  readonly tprBaseline: number
  readonly tprCandidate: number
  readonly xi: number
  readonly reading: Reading
  /** What `reading` is of. */
  readonly law: DrawnLaw | ClosedLaw
  /** As the method asked for has them; undefined where the engine draws none. */
  readonly replicates: ClassReplicates | undefined
  /** Samples that decide between the detectors; see {@link decidingSamples}. */
  readonly deciding: number
  /** See {@link designEffect}; 1 where each sample is on its own. */
  readonly designEffect: number
  /** Whether samples come in groups. */
  readonly grouped: boolean
  /** Whether the confidence distribution answers where another method was asked for. */
  readonly replaced: boolean
  /** Whether both thresholds have a place among their normals; without, nothing is decided. */
  readonly tolerant: boolean
  /** The standard deviation of the law. */
  readonly standardError: number
  /** The part of its square that is the thresholds' own and stays when the set grows. */
  readonly thresholdVariance: number
  /** What its samples give at the thresholds that may be the true ones; undefined where only the variance is known. */
  readonly thresholds: (() => AtThresholds) | undefined
}

/** Draws of ξ: bootstrap replicates, or those of the confidence distribution. */
export interface DrawnLaw {
  /** [B] */
  readonly draws: Float64Array
}

/** The law of one of the sets that a closed form is of. */
export interface ClosedLaw {
  readonly of: JointLaws
  readonly set: number
}

export interface SetBiasOptions {
  readonly intervalMethod: IntervalMethod
  /** Confidence level in (0, 1). */
  readonly level: number
  readonly design: Design
}

/** One target and one set of the anomalies. */
export interface Cell {
  readonly f: number
  readonly k: number
}

/** What is known of two detectors, baseline first. */
export interface PairEvidence {
  readonly input: BootstrapArguments['input']
  /** Replicates with all that the interval method needs; without any where `exact` stands in their place. */
  readonly result: PairResult
  readonly exact?: ExactLaws | undefined
  /** The confidence distribution, if asked for or for the cells that need it; undefined where none does, or it is drawn. */
  readonly confidence: ConfidenceLaws | undefined
  /** Draws of it for the cells that need them. */
  readonly draws: PairResult | undefined
  /** [f]: whether both thresholds lie among their normals, see `emptySide`. */
  readonly tolerant: readonly boolean[]
  /** [f, k]: {@link decidingSamples} */
  readonly deciding: readonly number[]
  /** Undefined where each sample is on its own. */
  readonly groups?: SampleGroups | undefined
}

/**
 * Below this many deciding samples a resampling method is not relied on: its replicates are then too coarse for tails
 * (docs/intervals.md has the false arrows of either side of it).
 */
export const fewDeciding = 30

/**
 * Samples of a set that decide between two detectors at their own thresholds. Paired: those that exactly one of them
 * flags. With samples of their own: of each detector the rarer outcome, flagged or missed.
 */
export function decidingSamples(
  { anomalous, design }: PairEvidence['input'],
  result: PairResult,
  { f, k }: Cell,
): number {
  const { observedTpr } = result.observed
  const [baseline, candidate] = flagsOf(anomalous, result, { f, k })
  if (design === 'independent') {
    return [baseline, candidate].reduce((sum, { scores }, d) => {
      return sum + rarerOutcome(at(observedTpr, (f * result.nClasses + k) * 2 + d), scores.length)
    }, 0)
  }
  return discordant(baseline, candidate)
}

/** What both detectors flag of a set. */
function flagsOf(anomalous: PairEvidence['input']['anomalous'], { observed }: PairResult, { f, k }: Cell) {
  const of = (d: 0 | 1): Flags => ({
    scores: at<ScoreArray>(at(anomalous, d), k),
    threshold: at(observed.thresholds, 2 * f + d),
  })
  return [of(0), of(1)] as const
}

/**
 * How many times more a mean paired difference varies, at given thresholds, because samples of a group are alike:
 * Σ_g (d_g − ξ·n_g)²/Σ_i (d_i − ξ)², with d_i the difference of sample i (1 where only the candidate flags it, −1 where only
 * the baseline does), ξ their mean, d_g their sum over group g and n_g its samples (Kish, Survey Sampling, 1965). At least 1.
 *
 * @param differences [samples]
 * @param groupOf [samples]: numbers below `count`
 */
export function designEffect(differences: ArrayLike<number>, groupOf: Uint32Array, count: number): number {
  const net = new Float64Array(count)
  const sizes = new Float64Array(count)
  let [sum, squares] = [0, 0]
  const n = differences.length
  for (let i = 0; i < n; i++) {
    const own = at(differences, i)
    const group = at(groupOf, i)
    net[group] = at(net, group) + own
    sizes[group] = at(sizes, group) + 1
    sum += own
    squares += own * own
  }
  const within = squares - sum ** 2 / n
  const between = net.reduce((all, own, group) => all + (own - (sum / n) * at(sizes, group)) ** 2, 0)
  return within > 1e-9 * squares ? Math.max(1, between / within) : 1
}

/** Of each sample whether the candidate flags it less whether the baseline does. */
function flagDifferences([baseline, candidate]: readonly [Flags, Flags]): Int8Array {
  return Int8Array.from(
    baseline.scores,
    (score, i) => Number(at(candidate.scores, i) > candidate.threshold) - Number(score > baseline.threshold),
  )
}

interface Flags {
  readonly scores: ScoreArray
  readonly threshold: number
}

/** Samples that exactly one of two detectors flags. */
export function discordant(baseline: Flags, candidate: Flags): number {
  let count = 0
  for (let i = 0; i < baseline.scores.length; i++) {
    if (at(baseline.scores, i) > baseline.threshold !== at(candidate.scores, i) > candidate.threshold) count++
  }
  return count
}

/** Of n samples, how many have the rarer outcome: flagged or missed. */
export function rarerOutcome(tpr: number, n: number): number {
  const flagged = Math.round(tpr * n)
  return Math.min(flagged, n - flagged)
}

/** ξ of two detectors in one cell. */
export function setBias(evidence: PairEvidence, { f, k }: Cell, options: SetBiasOptions): SetBias {
  const { input, result, draws, confidence, groups } = evidence
  const { nClasses, observed } = result
  const cell = f * nClasses + k
  const [n, nCandidate] = input.anomalous.map((sets) => at<ScoreArray>(sets, k).length) as [number, number]
  const deciding = at(evidence.deciding, cell)
  const tolerant = at(evidence.tolerant, f)
  const replaced = options.intervalMethod !== 'confidence' && (deciding < fewDeciding || !tolerant)
  const closed = replaced || options.intervalMethod === 'confidence' ? confidence : evidence.exact
  invariant(!replaced || (closed ?? draws) !== undefined, 'a cell whose law is not relied on has another')
  const source = replaced && draws !== undefined ? draws : result
  const tprBaseline = at(observed.observedTpr, 2 * cell)
  const tprCandidate = at(observed.observedTpr, 2 * cell + 1)
  const xi = tprCandidate - tprBaseline
  const cellOptions = { ...options, cell, xi, n, nCandidate }
  const replicates = result.resamples === 0 ? undefined : replicatesOf(result, cell)
  const own =
    closed !== undefined
      ? closedBias(closed, k, cellOptions)
      : drawnBias(source, (source === result ? replicates : undefined) ?? replicatesOf(source, cell), cellOptions)
  const { standardError } = own
  const effect =
    groups === undefined
      ? 1
      : designEffect(flagDifferences(flagsOf(input.anomalous, result, { f, k })), at(groups.classes, k), groups.count)
  const sampling = (effect * Math.max(0, deciding / n - xi ** 2)) / n
  const thresholdVariance = own.thresholdVariance ?? Math.max(0, standardError ** 2 - sampling)
  // Groups, and the thresholds of resamples, vary otherwise than those of the confidence distribution.
  const asDrawn = groups === undefined && (replaced || options.intervalMethod === 'confidence')
  const thresholds = () => {
    const found = classAtThresholds({ input, f, rates: ratesAt(input, result, f) }, k)
    return asDrawn ? found : withVariance(found, thresholdVariance)
  }
  return {
    ...{ n, nCandidate, tprBaseline, tprCandidate, xi, replicates, law: own.law },
    reading: tolerant ? own.reading : undecided(own.reading),
    ...{
      deciding,
      designEffect: effect,
      grouped: groups !== undefined,
      replaced,
      tolerant,
      standardError,
      thresholdVariance,
    },
    thresholds: options.design === 'paired' ? thresholds : undefined,
  }
}

/** The true false-positive rates that thresholds stand for: of a certified one that keeps c alarms (c + 1)/(n + 1). */
function ratesAt({ definition, fprs, normal, below = 0 }: PairEvidence['input'], { observed }: PairResult, f: number) {
  const rate = (d: 0 | 1) => {
    const n = at<ScoreArray>(normal, d).length + below
    return definition.rule === 'certified' ? (at(observed.observedFpr, 2 * f + d) * n + 1) / (n + 1) : at(fprs, f)
  }
  return [rate(0), rate(1)] as const
}

interface OwnBias extends Pick<SetBias, 'law' | 'reading' | 'standardError'> {
  /** Where the law has it. */
  readonly thresholdVariance: number | undefined
}

function drawnBias(source: PairResult, drawn: ClassReplicates, options: CellOptions): OwnBias {
  const draws = drawn.xi
  const centres = source.centres && column(source, source.centres, options.cell, source.nClasses * source.nFprs)
  const thresholdVariance = centres && meanSd(centres).sd ** 2
  const standardError = meanSd(draws).sd
  return { law: { draws }, reading: cellReading(source, drawn, options), standardError, thresholdVariance }
}

function closedBias(of: ExactLaws | ConfidenceLaws, set: number, options: CellOptions): OwnBias {
  const { intervalMethod: method, xi, n, nCandidate, level } = options
  const { standardError } = at(of.laws, set)
  const law = { of, set }
  if ('thresholdVariances' in of) {
    const reading = percentileReading(at(of.laws, set))
    return { law, reading, standardError, thresholdVariance: at(of.thresholdVariances, set) }
  }
  invariant(method !== 'studentized', 'studentized intervals are read off replicates')
  const reading = lawReading(of, set, { method, xi, n, nCandidate, alpha: alphaOf(level) })
  return { law, reading, standardError, thresholdVariance: undefined }
}

/** Replicates, or draws, of one cell. */
export function replicatesOf(result: PairResult, cell: number): ClassReplicates {
  const width = 2 * result.nFprs * result.nClasses
  const tprBaseline = column(result, result.tpr, 2 * cell, width)
  const tprCandidate = column(result, result.tpr, 2 * cell + 1, width)
  return { xi: tprCandidate.map((x, b) => x - at(tprBaseline, b)), tprBaseline, tprCandidate }
}

interface CellOptions extends SetBiasOptions {
  readonly cell: number
  readonly xi: number
  readonly n: number
  readonly nCandidate: number
}

/** What the method asked for makes of replicates, or `confidence` of its draws. */
export function cellReading(result: PairResult, { xi, tprBaseline }: ClassReplicates, options: CellOptions): Reading {
  const { level, design, cell, n, nCandidate } = options
  const method = result.engine === 'confidence' ? 'confidence' : options.intervalMethod
  return bootstrapReading(xi, options.xi, readingOptions())

  function readingOptions(): ReadingOptions {
    switch (method) {
      case 'bca':
        return { method, acceleration: at(wanted(result.acceleration), cell) }
      case 'studentized': {
        const standardErrors = column(result, result.standardErrors, cell, result.nFprs * result.nClasses)
        const floor = leastStandardError(design, n, nCandidate)
        return { method, standardError: at(wanted(result.standardError), cell), standardErrors, floor }
      }
      case 'bt2':
        return { method, z: zOf(alphaOf(level)), tprBaseline, nBaseline: n, nCandidate }
      default:
        return { method }
    }
  }
}

/** The floor of `studentized`: that of a difference of paired recalls of n samples, or of recalls of samples of their own. */
function leastStandardError(design: Design, n: number, nCandidate: number): number {
  return design === 'paired' ? 1 / (n + 2) : Math.hypot(1 / (n + 2), 1 / (nCandidate + 2))
}

/** Column `index` of a row-major table of `width` columns with a row for each replicate, as a new array. */
export function column(
  { resamples }: Pick<PairResult, 'resamples'>,
  table: Float64Array | undefined,
  index: number,
  width: number,
): Float64Array<ArrayBuffer> {
  const rows = wanted(table)
  const values = new Float64Array(resamples)
  for (let b = 0; b < resamples; b++) values[b] = at(rows, b * width + index)
  return values
}

function wanted(table: Float64Array | undefined): Float64Array {
  invariant(table !== undefined, 'a table of the bootstrap was not asked for')
  return table
}
