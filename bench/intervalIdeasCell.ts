import { at } from '../src/check.js'
import * as random from '../src/rooms/random.js'
import { replicatesOf } from '../src/stats/bias/setBias.js'
import { bootstrapInput } from '../src/stats/bootstrap/bootstrap.js'
import { copyInput } from '../src/stats/bootstrap/bootstrapInput.js'
import { confidenceDraws } from '../src/stats/bootstrap/confidenceDraws.js'
import { meanSd } from '../src/stats/meanSd.js'
import { type Cell, toleratedOf } from './coverageCell.js'
import * as likelihood from './empiricalLikelihood.js'
import { type Interval, type Point, profileInterval, type Sample, scaledInterval } from './empiricalLikelihood.js'
import { drawScores, trueXi } from './laws.js'

/** What a data set is answered from: its scores, and where its random numbers come from. */
interface DataSet {
  readonly cell: Cell
  readonly scores: readonly Sample[]
  readonly seed: number
}

const resamples = 399
const calibrations = 60
const alpha = 0.05
const nameOf = (d: number, set: number) => `detector ${d}, set ${set}`

const inputOf = (scores: readonly Sample[], { fpr }: Cell) =>
  copyInput(
    scores.map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] })),
    { fprs: [fpr] },
    nameOf,
  )

async function confidenceOf(scores: readonly Sample[], cell: Cell, seed: number) {
  return replicatesOf(await confidenceDraws(inputOf(scores, cell), { resamples, seed, threads: 1 }, nameOf), 0)
}

/** From the r-th smallest to the r-th largest, r = ⌊level·(B + 1)/2⌋. */
function ends(draws: Float64Array, level = alpha): Interval {
  const sorted = draws.toSorted()
  const rank = Math.max(1, Math.floor((level * (sorted.length + 1)) / 2))
  return [at(sorted, rank - 1), at(sorted, sorted.length - rank)]
}

const methods = {
  confidence: async ({ scores, cell, seed }) => ends((await confidenceOf(scores, cell, seed)).xi),
  percentile: async (dataSet) => ends(await replicates(dataSet)),
  /** The level of `confidence` at which ξ̂ is left out of so many of the intervals of resamples. */
  calibrated: async ({ scores, cell, seed }) => {
    const centre = xiOf(scores, cell)
    const depths = new Float64Array(calibrations)
    for (let r = 0; r < calibrations; r++) {
      const { xi } = await confidenceOf(resample(scores, { seed, replicate: r }), cell, seed + 1 + r)
      const share = Math.min(xi.filter((x) => x <= centre).length, xi.filter((x) => x >= centre).length)
      depths[r] = Math.min(1, (2 * (share + 1)) / (resamples + 1))
    }
    const level = at(depths.toSorted(), Math.floor(alpha * (calibrations + 1)) - 1)
    return ends((await confidenceOf(scores, cell, seed)).xi, level)
  },
  /** Newcombe's square and add (Zou and Donner 2008), of each recall's confidence distribution. */
  MOVER: async ({ scores, cell, seed }) => {
    const { tprBaseline, tprCandidate } = await confidenceOf(scores, cell, seed)
    const correlation = correlationOf(tprBaseline, tprCandidate)
    const [p, q] = [recallOf(at(scores, 0), cell), recallOf(at(scores, 1), cell)]
    const [lowP, highP] = ends(tprBaseline)
    const [lowQ, highQ] = ends(tprCandidate)
    const reach = (a: number, b: number) => Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b))
    return [q - p - reach(q - lowQ, highP - p), q - p + reach(highQ - q, p - lowP)]
  },
  smoothed: async (dataSet) => smoothed(dataSet),
  /** The same of the same samples on another scale, which no other method notices. */
  'smoothed e²ˢ': async ({ scores, ...dataSet }) => {
    const mapped = (own: Float64Array) => own.map((score) => Math.exp(2 * score))
    const onOtherScale = scores.map(({ normal, anomalous }) => ({
      normal: mapped(normal),
      anomalous: mapped(anomalous),
    }))
    return smoothed({ ...dataSet, scores: onOtherScale })
  },
  EL: (dataSet) => scaled(dataSet, likelihood.meanDeviance),
  'adjusted EL': (dataSet) => scaled(dataSet, likelihood.adjustedDeviance),
  'open EL': (dataSet) => scaled(dataSet, likelihood.openDeviance),
  'profile EL': async ({ scores, cell }) => profileInterval(scores, cell.fpr),
} satisfies Record<string, (dataSet: DataSet) => Promise<Interval>>

export type Method = keyof typeof methods
export const ideaNames = Object.keys(methods) as Method[]

async function replicates({ scores, cell, seed }: DataSet): Promise<Float64Array> {
  const options = { resamples, seed, threads: 1, engine: 'tree', outputs: { thresholds: false } } as const
  return replicatesOf(await bootstrapInput(inputOf(scores, cell), options, nameOf), 0).xi
}

async function scaled(dataSet: DataSet, deviance: likelihood.Deviance): Promise<Interval> {
  const { sd } = meanSd(await replicates(dataSet))
  return scaledInterval(differences(dataSet), sd ** 2, deviance)
}

/** Of the anomalies: how many the baseline alone flags, neither or both, and the candidate alone. */
function differences({ scores, cell }: DataSet): Point[] {
  const [baseline = [], candidate = []] = scores.map((own) => {
    const threshold = thresholdOf(own, cell)
    return own.anomalous.map((score) => Number(score > threshold))
  })
  return [-1, 0, 1].map((value) => [value, baseline.filter((b, i) => at(candidate, i) - b === value).length])
}

/** Percentile, each score drawn with a normal error as wide as Silverman's rule has it. */
function smoothed({ scores, cell, seed }: DataSet): Interval {
  const draws = new Float64Array(resamples)
  for (let b = 0; b < resamples; b++) {
    const drawn = resample(scores, { seed, replicate: b }).map(({ normal, anomalous }, d) => ({
      normal: blurred(normal, { seed, replicate: b, stream: 10 + d }),
      anomalous: blurred(anomalous, { seed, replicate: b, stream: 20 + d }),
    }))
    draws[b] = xiOf(drawn, cell)
  }
  return ends(draws)
}

function thresholdOf({ normal }: Sample, cell: Cell): number {
  return at(normal.toSorted(), normal.length - 1 - toleratedOf(cell))
}

function recallOf(sample: Sample, cell: Cell): number {
  const threshold = thresholdOf(sample, cell)
  return sample.anomalous.filter((score) => score > threshold).length / sample.anomalous.length
}

function xiOf(scores: readonly Sample[], cell: Cell): number {
  return recallOf(at(scores, 1), cell) - recallOf(at(scores, 0), cell)
}

/** The same samples of both detectors, drawn with replacement. */
function resample(scores: readonly Sample[], position: random.RandomStream): Sample[] {
  const { normal, anomalous } = at(scores, 0)
  const indices = (n: number, stream: number) =>
    random.uniform(n, { ...position, stream }).map((u) => Math.floor(u * n))
  const [i, j] = [indices(normal.length, 1), indices(anomalous.length, 2)]
  return scores.map((own) => ({
    normal: i.map((place) => at(own.normal, place)),
    anomalous: j.map((place) => at(own.anomalous, place)),
  }))
}

function blurred(scores: Float64Array, position: random.RandomStream): Float64Array {
  const width = 1.06 * meanSd(scores).sd * scores.length ** -0.2
  const noise = random.normal(scores.length, position)
  return scores.map((score, i) => score + width * at(noise, i))
}

function correlationOf(x: Float64Array, y: Float64Array): number {
  const [ofX, ofY] = [meanSd(x), meanSd(y)]
  const products = x.map((value, i) => (value - ofX.mean) * (at(y, i) - ofY.mean))
  const scale = ofX.sd * ofY.sd
  return scale > 0 ? meanSd(products).mean / scale : 0
}

type Shape = readonly [law: Cell['law'], correlation: number]

const crossed = (sizes: readonly number[], shapes: readonly Shape[]): Cell[] =>
  sizes.flatMap((nNormal) =>
    [20, 100].flatMap((nAnomalous) =>
      shapes.map(([law, correlation]) => ({ nNormal, nAnomalous, fpr: 0.05, correlation, law })),
    ),
  )

/** Cells of the published grid with few tolerated false alarms, of laws at which intervals are long or fail. */
const grid = crossed(
  [20, 40, 100],
  [
    ['shift', 0.5],
    ['shift', 0.95],
    ['exchangeable', 0.95],
    ['scale', 0.5],
    ['steep', -0.5],
    ['steep', 0.9],
  ],
)

/** From no false alarm on, laws by which anomalies' differences are mostly equal, scores tie, or curves are steep. */
const edges = crossed(
  [19, 20, 40, 100],
  [
    ['low', 0.5],
    ['high', 0.5],
    ['nested', 0.9],
    ['five values', 0.5],
    ['saturated', 0.5],
    ['exchangeable', 0.95],
    ['steep', -0.5],
  ],
)

/** Where χ² just leaves out that a threshold is above all normals, as it is in 14 % of data sets. */
const brink = crossed(
  [38],
  [
    ['steep', -0.5],
    ['steep', 0.9],
  ],
)

export const ideaCells: readonly Cell[] = [...grid, ...edges, ...brink]

/** Numbers of data sets and of intervals that hold ξ, and the sum of the lengths. */
export interface IdeaTally {
  readonly dataSets: number
  readonly covered: number
  readonly length: number
}

export type IdeaTallies = Readonly<Partial<Record<Method, IdeaTally>>>

export interface IdeaCoverage extends Cell {
  readonly number: number
  readonly methods: IdeaTallies
}

/** Data sets of a cell, and the methods that answer them. */
export interface IdeaWork {
  readonly number: number
  readonly first: number
  readonly end: number
  readonly names: readonly Method[]
}

/** Simulates data sets. Number `d` of cell `number` reads streams of its own. */
export async function simulateIdeas({ number, first, end, names }: IdeaWork): Promise<IdeaTallies> {
  const cell = at(ideaCells, number)
  const xi = trueXi(cell)
  const sums = names.map((name) => ({ name, dataSets: end - first, covered: 0, length: 0 }))
  for (let d = first; d < end; d++) {
    const scores = drawScores(cell, cell.nNormal, cell.nAnomalous, { seed: 7000 + number, replicate: d, stream: 0 })
    for (const sum of sums) {
      const [low, high] = await methods[sum.name]({ cell, scores, seed: (7000 + number) * 1_000_003 + d })
      if (low <= xi && xi <= high) sum.covered++
      sum.length += Math.min(1, high) - Math.max(-1, low)
    }
  }
  return Object.fromEntries(sums.map(({ name, ...tally }) => [name, tally]))
}

/** docs/intervals.md's tables: what stands beside the default, and empirical likelihoods, there and at the edges. */
export function ideasTables(cells: readonly IdeaCoverage[]): string {
  const isLikelihood = (name: Method) => name.endsWith('EL')
  const likelihoods: Method[] = ['confidence', 'percentile', ...ideaNames.filter(isLikelihood)]
  return [
    ideasTable(
      cells.slice(0, grid.length),
      ideaNames.filter((name) => !isLikelihood(name)),
    ),
    ideasTable(cells.slice(0, grid.length), likelihoods),
    ideasTable(cells.slice(grid.length, -brink.length), likelihoods),
    ideasTable(cells.slice(-brink.length), likelihoods),
  ].join('\n\n')
}

/** Over the laws of a number of tolerated false alarms and a size: coverage, the worst law's, and length over `confidence`. */
function ideasTable(cells: readonly IdeaCoverage[], names: readonly Method[]): string {
  const keyOf = (cell: IdeaCoverage) => `${toleratedOf(cell)} | ${cell.nAnomalous}`
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
  const rows = [...new Set(cells.map(keyOf))].map((key) => {
    const group = cells.filter((cell) => keyOf(cell) === key)
    const columns = names.map((name) => {
      const tallies = group.flatMap(({ methods: { [name]: own, confidence } }) =>
        own === undefined || confidence === undefined ? [] : [{ own, confidence }],
      )
      if (tallies.length === 0) return ''
      const covered = tallies.map(({ own }) => own.covered / own.dataSets)
      const ratios = tallies.map(
        ({ own, confidence }) => own.length / own.dataSets / (confidence.length / confidence.dataSets),
      )
      return `${(100 * mean(covered)).toFixed(1)} (${(100 * Math.min(...covered)).toFixed(1)}) ${mean(ratios).toFixed(2)}`
    })
    return `| ${key} | ${columns.join(' | ')} |`
  })
  const head = ['tolerated', 'anomalies', ...names]
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows].join('\n')
}
