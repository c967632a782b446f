import { at } from '../src/check.js'
import * as random from '../src/rooms/random.js'
import { normalCdf, normalQuantile } from '../src/special.js'
import { relativeBiasOfSeeds } from '../src/stats/runs/seedBias.js'

/** Detectors that were trained several times, and the law that their scores come from. */
export interface SeedsTable {
  /** Trainings of each. */
  readonly baseline: number
  readonly candidate: number
  /** Standard deviation of what training does to the mean score of a class, anew for each training and class. */
  readonly training: number
  /** Of the anomalies' mean score, baseline 1 and candidate: ξ is 0 where that is 1, too. */
  readonly mean: 1 | 2
}

export interface SeedsCoverage extends SeedsTable {
  readonly number: number
  readonly dataSets: number
  /** Share of intervals that hold ξ: over all anomalies, of a class alone, and of all classes at once. */
  readonly overall: number
  readonly alone: number
  readonly joint: number
  /** Shares of tables with an arrow on a class, and with one that points away from ξ (any, where ξ is 0). */
  readonly arrows: number
  readonly falseArrows: number
  readonly length: number
}

const fpr = 0.05
const correlation = 0.5
const [nNormal, nClasses, nOfClass] = [200, 3, 40]

export const seedsTables: readonly SeedsTable[] = (
  [
    [3, 3],
    [5, 5],
    [10, 10],
    [3, 10],
    [1, 5],
  ] as const
).flatMap(([baseline, candidate]) =>
  [0, 0.2, 0.5].flatMap((training) => {
    // What other trainings of a detector with one would do is not asked.
    if (baseline === 1 && training > 0) return []
    return ([1, 2] as const).map((mean) => ({ baseline, candidate, training, mean }))
  }),
)

/** The true ξ over all trainings. */
export function seedsTruth({ training, mean }: Pick<SeedsTable, 'training' | 'mean'>): number {
  const z = normalQuantile(1 - fpr)
  const recall = (shift: number) => normalCdf((shift - z) / Math.sqrt(1 + training ** 2))
  return recall(mean) - recall(1)
}

/** Simulates data sets. Number `d` of table `number` reads streams of its own. */
export async function simulateSeeds(table: SeedsTable, number: number, dataSets: number): Promise<SeedsCoverage> {
  const truth = seedsTruth(table)
  const holds = ([low, high]: readonly [number, number]) => low <= truth && truth <= high
  const sums = { overall: 0, alone: 0, joint: 0, arrows: 0, falseArrows: 0, length: 0 }
  const labels = Array.from({ length: nClasses * nOfClass }, (_, i) => Math.floor(i / nOfClass))
  for (let d = 0; d < dataSets; d++) {
    const options = { fpr, classes: labels, resamples: 999, seed: d, threads: 1 }
    const { interval, classes } = await relativeBiasOfSeeds(trainings(table, number, d), options)
    sums.overall += Number(holds(interval))
    sums.alone += classes.filter((one) => holds(one.interval)).length / nClasses
    sums.joint += Number(classes.every(({ simultaneous }) => holds(simultaneous)))
    sums.arrows += Number(classes.some(({ direction }) => direction !== 'none'))
    sums.falseArrows += Number(
      classes.some(({ direction }) => direction === 'down' || (direction === 'up' && truth === 0)),
    )
    sums.length += interval[1] - interval[0]
  }
  const shares = Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => [name, Number((sum / dataSets).toFixed(4))]),
  ) as typeof sums
  return { number, ...table, dataSets, ...shares }
}

/** Scores √½·(of the sample) + √½·(of sample and training), shifted by class and training. */
export function trainings(table: SeedsTable, number: number, replicate: number) {
  let stream = 0
  const normals = (n: number) => random.normal(n, { seed: number + 1, stream: stream++, replicate })
  const nAnomalous = nClasses * nOfClass
  const common = [normals(nNormal), normals(nAnomalous)] as const
  const training = (mean: number) => {
    const [own, other, effects] = [normals(nNormal), normals(nAnomalous), normals(nClasses)]
    const mix = (shared: number, apart: number) => Math.sqrt(correlation) * shared + Math.sqrt(1 - correlation) * apart
    return {
      normal: common[0].map((x, i) => mix(x, at(own, i))),
      anomalous: common[1].map(
        (x, i) => mean + table.training * at(effects, Math.floor(i / nOfClass)) + mix(x, at(other, i)),
      ),
    }
  }
  return {
    baseline: Array.from({ length: table.baseline }, () => training(1)),
    candidate: Array.from({ length: table.candidate }, () => training(table.mean)),
  }
}

/** The grid in per cent as a Markdown table. */
export function seedsTable(cells: readonly SeedsCoverage[]): string {
  const percent = (share: number) => (100 * share).toFixed(1)
  const rows = cells.map(({ baseline, candidate, training, mean, ...cell }) => {
    const shares = [cell.overall, cell.alone, cell.joint, cell.falseArrows, cell.arrows].map(percent)
    const law = [`${baseline} and ${candidate}`, training === 0 ? 'none' : training, mean === 1 ? '0' : '≠ 0']
    return `| ${[...law, ...shares, cell.length.toFixed(3)].join(' | ')} |`
  })
  const head = ['trainings', 'effect', 'ξ', 'overall', 'a class', 'all classes', 'false arrows', 'arrows', 'length']
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows].join('\n')
}
