import * as random from '../src/rooms/random.js'
import * as theory from '../src/rooms/theory.js'
import { normalCdf } from '../src/special.js'

/** Scores of two paired detectors of a known law, and how many are drawn. */
export interface GuaranteeCell {
  readonly nNormal: number
  readonly nAnomalous: number
  /** Target false-positive rate. */
  readonly fpr: number
  readonly delta: number
  /**
   * `gaussian`: normals N(0, 1), anomalies N(1, 1) (baseline) and N(2, 1) (candidate), detectors correlated 0.5. `ramp`: normals
   * uniform on (0, unit), anomalies uniform on its highest 1/4 and 1/12, so that the ROC curves rise with slopes 4 and 12.
   */
  readonly law: 'gaussian' | 'ramp'
  /** The unit of `ramp`, to which only `published` is sensitive. */
  readonly unit: number
}

export const guarantees = ['published', 'corrected', 'sharp', 'sharp, Bernstein', 'exact'] as const
export type Guarantee = (typeof guarantees)[number]

export interface GuaranteeCoverage extends GuaranteeCell {
  readonly xi: number
  readonly dataSets: number
  /** Root mean square of ξ̂ − ξ. */
  readonly rms: number
  /** The fraction of data sets that keep the guarantee, and the mean ε (half the interval of `exact`). */
  readonly coverage: Readonly<Record<Guarantee, { readonly kept: number; readonly epsilon: number }>>
}

export const guaranteeCells: readonly GuaranteeCell[] = [
  ...[0.05, 0.2].flatMap((fpr) =>
    [
      [100, 20],
      [200, 5000],
      [1000, 200],
      [10_000, 1000],
    ].map(([nNormal = 0, nAnomalous = 0]) => ({
      ...{ nNormal, nAnomalous, fpr, delta: 0.1, law: 'gaussian' as const, unit: 1 },
    })),
  ),
  ...[1, 1000].map((unit) => ({
    ...{ nNormal: 20, nAnomalous: 1980, fpr: 0.05, delta: 0.1, law: 'ramp' as const, unit },
  })),
]

interface Truth {
  readonly tprs: readonly [number, number]
  /** Steepest chords of the ROC curves from the target, both of which are concave. */
  readonly slopes: readonly [number, number]
  /** ℓₐ/ℓ₀⁻ in the cell's unit; for `gaussian` in units where normal scores are uniform. */
  readonly ratios: readonly [number, number]
}

const shifts = [1, 2] as const
const ramps = [4, 12] as const

export function truthOf({ fpr, law, unit }: GuaranteeCell): Truth {
  if (law === 'ramp') {
    return {
      tprs: [ramps[0] * fpr, ramps[1] * fpr],
      slopes: ramps,
      ratios: [ramps[0] / unit ** 2, ramps[1] / unit ** 2],
    }
  }
  const normal = { mean: 0, sd: 1 }
  const { baseline, candidate } = theory.gaussianBias(
    {
      baseline: { normal, anomalous: { mean: shifts[0], sd: 1 } },
      candidate: { normal, anomalous: { mean: shifts[1], sd: 1 } },
    },
    fpr,
  )
  const tprs = [baseline.tpr, candidate.tpr] as const
  const slopes = [tprs[0] / fpr, tprs[1] / fpr] as const
  return { tprs, slopes, ratios: slopes }
}

function draw(cell: GuaranteeCell, replicate: number, seed: number) {
  const paired = (n: number, stream: number): [Float64Array, Float64Array] => {
    const [a, b] = [0, 1].map((own) => random.normal(n, { seed, stream: stream + own, replicate }))
    if (a === undefined || b === undefined) throw new RangeError('two streams give two arrays')
    return [a, b.map((x, i) => 0.5 * (a[i] ?? 0) + Math.sqrt(0.75) * x)]
  }
  const [normal, anomalous] = [paired(cell.nNormal, 0), paired(cell.nAnomalous, 2)]
  const scores = ([0, 1] as const).map((d) => {
    if (cell.law === 'gaussian') {
      return { normal: normal[d], anomalous: anomalous[d].map((x) => x + shifts[d]) }
    }
    return {
      normal: normal[d].map((x) => cell.unit * normalCdf(x)),
      anomalous: anomalous[d].map((x) => cell.unit * (1 - normalCdf(x) / ramps[d])),
    }
  })
  const [baseline, candidate] = scores
  if (baseline === undefined || candidate === undefined) throw new RangeError('there are two detectors')
  return { baseline, candidate }
}

/** What was counted in some data sets of a cell. */
export interface GuaranteeCounts {
  readonly dataSets: number
  /** Σ(ξ̂ − ξ)² */
  readonly squares: number
  /** Data sets that keep the guarantee, and the sum of ε. */
  readonly tallies: Readonly<Record<Guarantee, { readonly kept: number; readonly epsilon: number }>>
}

/** How often each version of Theorem 3 holds in a cell. */
export async function simulateGuarantees(
  cell: GuaranteeCell,
  seed: number,
  dataSets: number,
): Promise<GuaranteeCoverage> {
  return guaranteeCoverage(cell, [await countGuarantees(cell, seed, { first: 0, end: dataSets })])
}

/** The same from the counts of parts, which are added. */
export function guaranteeCoverage(cell: GuaranteeCell, parts: readonly GuaranteeCounts[]): GuaranteeCoverage {
  const sum = (of: (part: GuaranteeCounts) => number) => parts.reduce((total, part) => total + of(part), 0)
  const dataSets = sum((part) => part.dataSets)
  const mean = (name: Guarantee) => ({
    kept: sum(({ tallies }) => tallies[name].kept) / dataSets,
    epsilon: sum(({ tallies }) => tallies[name].epsilon) / dataSets,
  })
  const coverage = Object.fromEntries(guarantees.map((name) => [name, mean(name)])) as GuaranteeCoverage['coverage']
  const { tprs } = truthOf(cell)
  return {
    ...cell,
    xi: tprs[1] - tprs[0],
    dataSets,
    rms: Math.sqrt(sum(({ squares }) => squares) / dataSets),
    coverage,
  }
}

/** Counts in data sets `first` to `end` − 1 of a cell; each depends on seed and number alone. */
export async function countGuarantees(
  cell: GuaranteeCell,
  seed: number,
  { first, end }: { readonly first: number; readonly end: number },
): Promise<GuaranteeCounts> {
  const { nNormal, nAnomalous, fpr, delta } = cell
  const { tprs, slopes, ratios } = truthOf(cell)
  const xi = tprs[1] - tprs[0]
  const n = nNormal + nAnomalous
  const asked = { alpha: nAnomalous / n, n, delta }
  const fixed = {
    published: theory.sampleComplexity({ version: 'published', ...asked, ratios }).epsilon,
    corrected: theory.sampleComplexity({ version: 'corrected', ...asked, slopes }).epsilon,
    sharp: theory.sampleComplexity({ version: 'sharp', ...asked, slopes, fpr }).epsilon,
  }
  const tallies = new Map(guarantees.map((name) => [name, { kept: 0, epsilon: 0 }]))
  const count = (name: Guarantee, kept: boolean, epsilon: number): void => {
    const tally = tallies.get(name)
    if (tally === undefined) throw new RangeError(`no tally for ${name}`)
    if (kept) tally.kept++
    tally.epsilon += epsilon
  }
  let squares = 0
  for (let d = first; d < end; d++) {
    const { baseline, candidate } = draw(cell, d, seed)
    const certificate = await theory.certifiedBias({ baseline, candidate }, { fpr, delta, threads: 1 })
    const { mean, variance } = differences(
      baseline.anomalous.map((x) => Number(x > certificate.baseline.threshold)),
      candidate.anomalous.map((x) => Number(x > certificate.candidate.threshold)),
    )
    const error = Math.abs(mean - xi)
    squares += error ** 2
    for (const [name, epsilon] of Object.entries(fixed)) count(name as keyof typeof fixed, error <= epsilon, epsilon)
    const bernstein = theory.sampleComplexity({ version: 'sharp', ...asked, slopes, fpr, variance }).epsilon
    count('sharp, Bernstein', error <= bernstein, bernstein)
    const [low, high] = certificate.xi
    count('exact', low <= xi && xi <= high, (high - low) / 2)
  }
  return { dataSets: end - first, squares, tallies: Object.fromEntries(tallies) as GuaranteeCounts['tallies'] }
}

/** Mean and sample variance of b − a. */
function differences(a: Float64Array, b: Float64Array): { mean: number; variance: number } {
  const values = b.map((x, i) => x - (a[i] ?? Number.NaN))
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  return { mean, variance: squares / (values.length - 1) }
}
