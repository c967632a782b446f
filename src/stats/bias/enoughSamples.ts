import { at } from '../../check.js'
import { pow } from '../../elementary.js'
import { betaCdf, normalQuantile } from '../../special.js'
import { zOf } from '../bootstrap/bootstrapInterval.js'
import { type Shares, sharesOf } from '../bootstrap/shares.js'
import { sortReplicates } from '../bootstrap/sortedReplicates.js'
import type { SetBias } from './setBias.js'

/** Probability with which `enoughSamples` are enough, where nothing else is asked. */
const usualPower = 0.8

/** Numbers that differ by no more are equal but for their rounding. */
const rounding = 1e-12

/** What is known of one class. */
export interface ClassEvidence {
  readonly n: number
  readonly xi: number
  /** Samples of the class that exactly one of the two detectors flags. */
  readonly deciding: number
  /** How many times more ξ̂ varies because samples come in groups. Default 1. */
  readonly designEffect?: number | undefined
  /** The part of the variance of ξ̂ that is the thresholds' own. */
  readonly thresholdVariance: number
  /** Whether both thresholds have a place among their normals. Default true; without, no number decides. */
  readonly tolerant?: boolean | undefined
  /** The law of ξ on the n samples that there are. Default: that at certain thresholds. */
  readonly shares?: (() => Shares) | undefined
  /** Whether samples come in groups. Default false. */
  readonly grouped?: boolean | undefined
  /** 1 less the level at which the class's simultaneous interval is read. */
  readonly gamma: number
  /** What the interval is to leave out. Default 0. */
  readonly from?: number | undefined
  /** Default 0.8. */
  readonly power?: number | undefined
}

/** What is asked of one class: 1 − level of its interval, what that is to leave out, and how likely. */
type Asked = Pick<ClassEvidence, 'gamma' | 'from' | 'power'>

/** {@link enoughSamples} of an answer. */
export function enoughOf(own: SetBias, asked: Asked): number {
  const { law } = own
  const shares = () =>
    'draws' in law ? sharesOf(sortReplicates('draws', law.draws)) : at<Shares>(law.of.laws, law.set)
  return enoughSamples({ ...own, ...asked, shares })
}

/**
 * Samples of a class with which its interval would, with probability 0.8, leave 0 (or `from`) out, if the shares of its
 * samples are those seen and the normals stay; more than there are, and infinity where no number of them would. By
 * bisection of n′, at which the law is that of `nearlyDecided` or, where all samples are of one kind, that of `alike`.
 */
export function enoughSamples(evidence: ClassEvidence): number {
  const { n, xi, deciding, tolerant = true, from = 0 } = evidence
  if (!tolerant || Math.abs(xi - from) <= rounding) return Number.POSITIVE_INFINITY
  return deciding / n - xi ** 2 <= rounding
    ? alike(evidence)
    : leastFrom(n + 1, (size) => nearlyDecided(evidence, size))
}

/**
 * The answer where all samples are of one kind: no sample speaks for either detector, or all do for the same one. If that
 * is how the class is, nothing about n′ more of them is left to chance. At certain thresholds the law of ξ is ξ(1 − W) ± W
 * with W ~ Beta(1, n′) the weight of the sample that the confidence distribution adds, which counts for the baseline
 * or as probably for the candidate. So beyond `from` there is t(n′) = ½·(1 − w)^n′ of it, w = |ξ − from|/(1 ± ξ). Thresholds beyond
 * the samples move ξ beyond `from` with some chance p, which stays; it is what the law on the n samples has there besides.
 * The class decides where p + (1 − p − q)·t(n′) is at most γ/2, with q the same of the other side. Groups
 * weigh as their sizes make them: of them all that the law has beyond `from` falls as a power of n′.
 */
function alike({ n, xi, from = 0, gamma, shares, grouped = false }: ClassEvidence): number {
  const up = xi > from
  const room = up ? 1 + xi : 1 - xi
  const weight = Math.abs(xi - from) / room
  const law = shares?.()
  const beyond = (up ? law?.atMost(from) : law?.atLeast(from)) ?? 0
  if (grouped) return leastFrom(n + 1, (size) => pow(2 * beyond, size / n) <= gamma)
  const tail = (size: number) => pow(1 - weight, size) / 2
  // As far on the other side, where there is room.
  const other = up ? xi + weight * (2 - room) : xi - weight * (2 - room)
  const sides = room < 2 ? 2 : 1
  const across = (sides === 1 ? undefined : up ? law?.atLeast(other) : law?.atMost(other)) ?? 0
  const fixed = Math.min(1, Math.max(0, (beyond + across - sides * tail(n)) / (1 - sides * tail(n))))
  const staying = Math.max(0, beyond - (1 - fixed) * tail(n))
  return leastFrom(n + 1, (size) => 2 * (staying + (1 - fixed) * tail(size)) <= gamma)
}

/**
 * Whether n′ samples of the shares seen would decide with the power asked for.
 *
 * The variance of ξ has two parts: that of the class's sample and that of the thresholds, u, which stays when only the
 * class grows. With d the share of samples that one detector alone flags and x = ξ, the former is v/n′, v = d − x² being the
 * variance of a paired difference of indicators; of samples in groups it is as many times as large as the design effect
 * says, for groups of the same sizes. The law has one sample more: its mean is x′ = n′x/(n′ + 1) and the variance of its sample
 * v′/(n′ + 2), with v′ = (n′d + 1)/(n′ + 1) − x′². With c = Φ⁻¹(1 − γ/2) and z = Φ⁻¹(0.8) the interval leaves `from` out with
 * probability 0.8 where |x′ − from| > c·√(v′/(n′ + 2) + u) + z·√(v/n′). Thresholds do not add to the chance: their normals are the same.
 *
 * For `from` = 0 few samples that decide are far from normal. So the sign test on them, which the law is at certain
 * thresholds, has to agree as well.
 */
function nearlyDecided(evidence: ClassEvidence, size: number): boolean {
  const { n, xi, deciding, designEffect = 1, thresholdVariance, gamma, from = 0, power = usualPower } = evidence
  const share = deciding / n
  const side = Math.sign(xi - from)
  const mean = (size * xi) / (size + 1)
  const variance = designEffect * ((size * share + 1) / (size + 1) - mean ** 2)
  const chance = normalQuantile(power) * Math.sqrt((designEffect * (share - xi ** 2)) / size)
  const reach = zOf(gamma) * Math.sqrt(variance / (size + 2) + thresholdVariance)
  if (side * (mean - from) <= reach + chance) return false
  return from !== 0 || 2 * signTail({ size: size / designEffect, share, xi: side * xi - chance }) <= gamma
}

interface SignTest {
  readonly size: number
  /** Of samples that one detector alone flags. */
  readonly share: number
  /** Of samples that speak for one of them, less those that speak for the other. */
  readonly xi: number
}

/** P(ξ ≤ 0) of the confidence distribution at certain thresholds: the mid-p value of the sign test. */
function signTail({ size, share, xi }: SignTest): number {
  // Over a range of targets a sample speaks in part, and its square is less than itself.
  const speaking = Math.max(share, Math.abs(xi))
  const won = (size * (speaking + xi)) / 2
  const lost = (size * (speaking - xi)) / 2
  return ((lost > none ? betaCdf(0.5, won + 1, lost) : 0) + (won > none ? betaCdf(0.5, won, lost + 1) : 1)) / 2
}

/** So little is no sample. */
const none = 1e-9

/** More samples than this nobody has. */
const most = 1e15

/** The least number from `first` on of which a condition holds that holds for all larger ones; infinity where none does. */
function leastFrom(first: number, condition: (size: number) => boolean): number {
  if (!condition(most)) return Number.POSITIVE_INFINITY
  let [below, high] = [first - 1, first]
  while (!condition(high)) {
    below = high
    high = Math.min(most, 2 * high)
  }
  while (high - below > 1) {
    const middle = below + Math.floor((high - below) / 2)
    if (condition(middle)) high = middle
    else below = middle
  }
  return high
}
