import * as random from '../src/rooms/random.js'
import { normalCdf, normalQuantile } from '../src/special.js'
import { copyInput, detectorSet } from '../src/stats/bootstrap/bootstrapInput.js'
import { bootstrapReading } from '../src/stats/bootstrap/bootstrapInterval.js'
import { groupConfidenceDraws } from '../src/stats/bootstrap/groupConfidenceDraws.js'
import { runConfidenceDraws } from '../src/stats/bootstrap/runConfidenceDraws.js'

/** Samples in groups, of one class, and the law that their scores come from. */
export interface GroupsTable {
  readonly groups: number
  /** Samples of a group: on average, and whether a fifth of the groups hold half of all. */
  readonly normals: number
  readonly anomalies: number
  readonly sizes: 'equal' | 'unequal'
  /** Intraclass correlation of the scores. */
  readonly icc: number
  /** Of the anomalies' mean score, baseline and candidate: the first is 1. ξ is 0 where the other is, too. */
  readonly candidate: 1 | 2
}

export interface GroupsCoverage extends GroupsTable {
  readonly number: number
  readonly dataSets: number
  /** Share of intervals that hold ξ, taking the groups for what is drawn, and taking samples for it. */
  readonly byGroups: number
  readonly bySamples: number
  /** Shares of the former that lie above ξ, and below. */
  readonly above: number
  readonly below: number
  readonly length: number
  readonly lengthBySamples: number
}

const fpr = 0.05
const correlation = 0.5
const level = 0.95

export const groupsTables: readonly GroupsTable[] = [10, 20, 50, 200].flatMap((groups) =>
  [
    { normals: 20, anomalies: 10, sizes: 'equal' as const },
    { normals: 20, anomalies: 10, sizes: 'unequal' as const },
    { normals: 1, anomalies: 1, sizes: 'equal' as const },
  ].flatMap((kind) =>
    [0, 0.2, 0.5].flatMap((icc) =>
      ([1, 2] as const).flatMap((candidate) =>
        kind.normals === 1 && (icc > 0 || groups < 50) ? [] : [{ groups, ...kind, icc, candidate }],
      ),
    ),
  ),
)

/** Simulates data sets. Number `d` of table `number` reads streams of its own. */
export async function simulateGroups(table: GroupsTable, number: number, dataSets: number): Promise<GroupsCoverage> {
  const z = normalQuantile(1 - fpr)
  const truth = normalCdf(table.candidate - z) - normalCdf(1 - z)
  const sums = { byGroups: 0, bySamples: 0, above: 0, below: 0, length: 0, lengthBySamples: 0 }
  for (let d = 0; d < dataSets; d++) {
    const { detectors, groups } = dataSet(table, number, d)
    const options = { fpr, resamples: 999, seed: d, threads: 1 }
    const own = intervalOf(
      (
        await groupConfidenceDraws(
          copyInput(detectors, { fprs: [fpr] }, detectorSet),
          { ...options, groups, nBaseline: 1 },
          detectorSet,
        )
      ).tpr,
    )
    const plain = intervalOf((await runConfidenceDraws(detectors, options)).tpr)
    if (own[0] > truth) sums.above++
    else if (own[1] < truth) sums.below++
    else sums.byGroups++
    if (plain[0] <= truth && truth <= plain[1]) sums.bySamples++
    sums.length += own[1] - own[0]
    sums.lengthBySamples += plain[1] - plain[0]
  }
  const shares = Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => [name, Number((sum / dataSets).toFixed(4))]),
  ) as typeof sums
  return { number, ...table, dataSets, ...shares }
}

function intervalOf(tpr: Float64Array): readonly [number, number] {
  const xi = Float64Array.from({ length: tpr.length / 2 }, (_, b) => Number(tpr[2 * b + 1]) - Number(tpr[2 * b]))
  return bootstrapReading(xi, 0, { method: 'confidence' }).interval(1 - level)
}

/** Scores √ICC·(effect of the group) + √(1 − ICC)·(of the sample), both correlated between detectors. */
function dataSet(table: GroupsTable, number: number, d: number) {
  const [normals, anomalies] = [sizesOf(table, table.normals), sizesOf(table, table.anomalies)]
  const groupOf = (sizes: readonly number[]) => Uint32Array.from(sizes.flatMap((n, g) => Array<number>(n).fill(g)))
  const groups = { count: table.groups, normal: groupOf(normals), classes: [groupOf(anomalies)] }
  const n = groups.normal.length
  const m = groupOf(anomalies).length
  const draws = random.normal(2 * (2 * table.groups + 3 * (n + m)), { seed: d, stream: number })
  let used = 0
  const next = (count: number) => {
    used += count
    return draws.subarray(used - count, used)
  }
  const commonGroup = next(table.groups)
  const commonSample = next(n + m)
  const detectors = [1, table.candidate].map((shift) => {
    const [ownGroup, ownSample] = [next(table.groups), next(n + m)]
    const mix = (common: number, own: number) => Math.sqrt(correlation) * common + Math.sqrt(1 - correlation) * own
    const score = (i: number, group: number) =>
      Math.sqrt(table.icc) * mix(Number(commonGroup[group]), Number(ownGroup[group])) +
      Math.sqrt(1 - table.icc) * mix(Number(commonSample[i]), Number(ownSample[i]))
    const anomalous = Float64Array.from(groups.classes[0] ?? [], (group, i) => shift + score(n + i, group))
    return { normal: Float64Array.from(groups.normal, (group, i) => score(i, group)), anomalous: [anomalous] }
  })
  return { detectors, groups }
}

function sizesOf({ groups, sizes }: GroupsTable, mean: number): number[] {
  const large = groups / 5
  return Array.from({ length: groups }, (_, g) => {
    if (sizes === 'equal') return mean
    return g < large ? Math.round(2.5 * mean) : Math.round(0.625 * mean)
  })
}

/** The grid in per cent as a Markdown table. */
export function groupsTable(cells: readonly GroupsCoverage[]): string {
  const percent = (share: number) => (100 * share).toFixed(1)
  const rows = cells.map((cell) => {
    const { groups, normals, anomalies, sizes, icc, candidate } = cell
    return `| ${groups} | ${normals} + ${anomalies} ${sizes} | ${icc} | ${candidate === 1 ? 0 : 0.379} | ${percent(cell.byGroups)} | ${percent(
      cell.above,
    )} / ${percent(cell.below)} | ${cell.length.toFixed(3)} | ${percent(cell.bySamples)} | ${cell.lengthBySamples.toFixed(3)} |`
  })
  const head = ['groups', 'of', 'ICC', 'ξ', 'by groups', 'above / below', 'length', 'by samples', 'length']
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows].join('\n')
}
