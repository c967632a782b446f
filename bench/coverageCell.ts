import { at } from '../src/check.js'
import { cellReading, replicatesOf } from '../src/stats/bias/setBias.js'
import { cut } from '../src/stats/bias/simultaneous.js'
import { bootstrapInput } from '../src/stats/bootstrap/bootstrap.js'
import { copyInput } from '../src/stats/bootstrap/bootstrapInput.js'
import { alphaOf, type IntervalMethod } from '../src/stats/bootstrap/bootstrapInterval.js'
import { confidenceDraws } from '../src/stats/bootstrap/confidenceDraws.js'
import { drawScores, type Scores, trueXi } from './laws.js'

/** A law of scores, and how many samples of it are drawn. */
export interface Cell extends Scores {
  readonly nNormal: number
  readonly nAnomalous: number
}

/** What became of one method's intervals: numbers of data sets, and the sum of the lengths. */
export interface Tally {
  readonly dataSets: number
  /** Intervals that lie above ξ, and below it. */
  readonly above: number
  readonly below: number
  /** Intervals that leave 0 out on the side of ξ; undefined where they were not counted. */
  readonly arrows?: number | undefined
  readonly length: number
}

export type Tallies = Readonly<Partial<Record<IntervalMethod, Tally>>>

export interface CellCoverage extends Cell {
  readonly number: number
  readonly xi: number
  readonly methods: Tallies
}

const resamples = 399
const nameOf = (d: number, set: number) => `detector ${d}, set ${set}`
const level = 0.95

/** Cells of several targets, where no law but the size of the samples matters. */
const targets: readonly Cell[] = (['shift', 'heavy'] as const).flatMap((law) =>
  [50, 200, 1000, 10_000].flatMap((nNormal) =>
    [20, 100, 1000].flatMap((nAnomalous) =>
      [0.01, 0.05, 0.2].flatMap((fpr) =>
        [0, 0.5, 0.9].map((correlation) => ({ nNormal, nAnomalous, fpr, correlation, law })),
      ),
    ),
  ),
)

/** Laws and correlations at one target, from no tolerated false alarm on. */
const alarms: readonly Cell[] = [19, 20, 40, 60, 100, 200, 400, 1000].flatMap((nNormal) =>
  [5, 20, 100, 1000].flatMap((nAnomalous) =>
    (
      [
        ...([-0.5, 0.5, 0.95] as const).map((correlation) => ['shift', correlation] as const),
        ...([0, 0.95] as const).map((correlation) => ['heavy', correlation] as const),
        ...([0, 0.95] as const).map((correlation) => ['exchangeable', correlation] as const),
        ...([-0.5, 0.5, 0.9] as const).map((correlation) => ['scale', correlation] as const),
        ...([-0.5, 0.5, 0.9] as const).map((correlation) => ['steep', correlation] as const),
        ...(['low', 'high', 'five values', 'saturated'] as const).map((law) => [law, 0.5] as const),
        ['nested', 0.9] as const,
      ] as const
    ).map(([law, correlation]) => ({ nNormal, nAnomalous, fpr: 0.05, correlation, law })),
  ),
)

export const cells: readonly Cell[] = [...targets, ...alarms]

/** Whether a cell is of the grid of laws. */
export const isOfAlarms = ({ number }: Pick<CellCoverage, 'number'>): boolean => number >= targets.length

/** False alarms that the target tolerates among the normals. */
export const toleratedOf = ({ nNormal, fpr }: Cell): number => Math.floor(nNormal * fpr + 1e-9)

/** Data sets of a cell, and the methods that answer them. */
export interface Work {
  readonly number: number
  readonly first: number
  readonly end: number
  readonly methods: readonly IntervalMethod[]
}

/** Simulates data sets of a cell. Number `d` of cell `number` reads streams of its own. */
export async function simulate({ number, first, end, methods }: Work): Promise<Tallies> {
  const cell = at(cells, number)
  const xi = trueXi(cell)
  const tallies = methods.map((method) => ({ method, dataSets: end - first, above: 0, below: 0, arrows: 0, length: 0 }))
  for (let d = first; d < end; d++) {
    const intervals = await intervalsOf(cell, methods, { seed: number + 1, replicate: d })
    for (const [i, [low, high]] of intervals.entries()) {
      const tally = at(tallies, i)
      if (low > xi) tally.above++
      if (high < xi) tally.below++
      if (xi < 0 ? high < 0 : low > 0) tally.arrows++
      tally.length += high - low
    }
  }
  return Object.fromEntries(tallies.map(({ method, ...tally }) => [method, tally]))
}

async function intervalsOf(
  cell: Cell,
  methods: readonly IntervalMethod[],
  at: { readonly seed: number; readonly replicate: number },
): Promise<(readonly [number, number])[]> {
  const { nNormal, nAnomalous, fpr } = cell
  const scores = drawScores(cell, nNormal, nAnomalous, { ...at, stream: 0 })
  const detectors = scores.map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] }))
  const common = { resamples, seed: at.seed * 1_000_003 + at.replicate, threads: 1 }
  const input = copyInput(detectors, { fprs: [fpr] }, nameOf)
  const outputs = { thresholds: false, standardErrors: methods.includes('studentized') }
  const sources = {
    draws: methods.includes('confidence') ? await confidenceDraws(input, common, nameOf) : undefined,
    replicates: methods.every((method) => method === 'confidence')
      ? undefined
      : await bootstrapInput(input, { ...common, engine: 'tree', contrast: [-1, 1], outputs }, nameOf),
  }
  return methods.map((method) => {
    const source = method === 'confidence' ? sources.draws : sources.replicates
    if (source === undefined) throw new Error(`nothing was drawn for ${method}`)
    const [baseline = Number.NaN, candidate = Number.NaN] = source.observed.observedTpr
    const sizes = { n: nAnomalous, nCandidate: nAnomalous, cell: 0, xi: candidate - baseline }
    const options = { ...sizes, intervalMethod: method, level, design: 'paired' } as const
    return cut(cellReading(source, replicatesOf(source, 0), options).interval(alphaOf(level)))
  })
}
