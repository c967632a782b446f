import { at } from '../../check.js'
import { pow } from '../../elementary.js'
import { betaCdf, normalCdf, normalDensity, normalQuantile } from '../../special.js'
import { type Shares, sharesOf } from '../bootstrap/shares.js'
import { sortReplicates } from '../bootstrap/sortedReplicates.js'
import type { AtThresholds } from './classAtThresholds.js'
import type { SetBias } from './setBias.js'
import type { Bin } from './thresholdBins.js'

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
  /** What the class gives at the thresholds that may be the true ones. Default: a normal law of that variance. */
  readonly thresholds?: (() => AtThresholds) | undefined
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
 * bisection of n′, at which the law is that of {@link tailOf} or, where all samples are of one kind, that of {@link alike}.
 */
export function enoughSamples(evidence: ClassEvidence): number {
  const { n, xi, deciding, tolerant = true, from = 0 } = evidence
  if (!tolerant || Math.abs(xi - from) <= rounding) return Number.POSITIVE_INFINITY
  return deciding / n - xi ** 2 <= rounding ? alike(evidence) : nearlyEnough(evidence)
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

/** Rounds in which the chance of the sample is found at the number that it leads to. */
const rounds = 2

/**
 * The least n′ of which samples of the shares seen would decide with the power asked for: {@link tailOf} is at most γ/2.
 * What the sample's chance is depends on the thresholds that count, and those on n′; a few rounds find both.
 */
function nearlyEnough(evidence: ClassEvidence): number {
  const { n, xi, deciding, gamma } = evidence
  const thresholds = evidence.thresholds?.() ?? normalThresholds(evidence)
  let chance = deciding / n - xi ** 2
  let enough = Number.NaN
  for (let round = 0; round < rounds; round++) {
    const found = leastFrom(n + 1, (size) => 2 * tailOf(evidence, thresholds, { size, chance }).tail <= gamma)
    if (found === enough || !Number.isFinite(found)) return found
    enough = found
    chance = thresholds.chance(tailOf(evidence, thresholds, { size: enough, chance }).weights)
  }
  return enough
}

/** Where only the variance of the thresholds' part is known. */
function normalThresholds({ n, xi, deciding, thresholdVariance }: ClassEvidence): AtThresholds {
  const share = deciding / n
  return { bins: [{ weight: 1, xi, deciding: share, variance: thresholdVariance }], chance: () => share - xi ** 2 }
}

interface Sample {
  /** n′ */
  readonly size: number
  /** n′ times the variance of what the sample's chance adds to ξ. */
  readonly chance: number
}

/**
 * What the law has beyond `from` on n′ samples that speak as much against the answer as happens with 1 − power.
 *
 * The normals stay, and with them the law of the thresholds. At thresholds where one detector alone flags a share d of the
 * class and ξ is x, the law on n′ samples has the mean x′ = n′x/(n′ + 1), for the sample that it adds, and the variance
 * ((n′d + 1)/(n′ + 1) − x′²)/(n′ + 2); of samples in groups as many times that as the design effect says. It is normal, or for
 * `from` = 0 and few samples that decide the sign test. Its tail is a mean over the thresholds, whatever law they have.
 *
 * A sample of n′ moves x by Gaussian errors, which all thresholds share in part. Of first order the tail depends on their
 * mean with the weights ω that the density of ξ has at `from`, at each of the thresholds. Its variance is V/n′, V that of
 * what one sample gives to Σ ω·x. So x falls short by Φ⁻¹(power)·√(V/n′).
 *
 * @returns `weights`: ω of the bins
 */
function tailOf(evidence: ClassEvidence, { bins }: AtThresholds, { size, chance }: Sample) {
  const { xi: seen, designEffect = 1, from = 0, power = usualPower } = evidence
  const side = Math.sign(seen - from)
  const short = normalQuantile(power) * Math.sqrt((designEffect * chance) / size)
  const found = bins.map(({ weight, xi, deciding, variance }) => {
    const mean = (size * xi) / (size + 1)
    const sampling = (designEffect * ((size * deciding + 1) / (size + 1) - mean ** 2)) / (size + 2)
    const sd = Math.sqrt(sampling + variance)
    const gap = (side * (mean - from) - short) / sd
    const normal = normalCdf(-gap)
    const sign = { size: size / designEffect, share: deciding, xi: side * xi - short }
    const counted = from === 0 && sign.size * deciding < mostCounted
    const tail = !counted ? normal : variance < certain * sampling ? signTail(sign) : Math.max(normal, signTail(sign))
    return { tail: weight * tail, density: (weight * normalDensity(gap)) / sd }
  })
  const density = found.reduce((sum, one) => sum + one.density, 0)
  return {
    tail: found.reduce((sum, one) => sum + one.tail, 0),
    weights: found.map((one, i) => (density > 0 ? one.density / density : at<Bin>(bins, i).weight)),
  }
}

/** From so many samples that decide on the sign test is as good as normal. */
const mostCounted = 200

/** Within a bin ξ varies by thresholds, but by less than this share of its sampling variance. */
const certain = 0.05

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
