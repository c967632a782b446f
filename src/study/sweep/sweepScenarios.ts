import { at, invariant } from '../../check.js'
import { counted } from '../../counted.js'
import { classRows, type Dataset, drawRows } from '../../data/core/dataset.js'
import { apportion } from '../../data/splits/anomalyMixture.js'
import type { SplitKind } from '../../data/splits/splitKind.js'
import { trainingSplit } from '../../data/splits/splits.js'
import { ScoringBiasError } from '../../errors.js'
import type { RunSetting } from '../core/unit.js'
import type { StudyPlan } from '../plan.js'
import type { Scenario } from '../trainer/trainScenarios.js'

/** The runs of a cell, and how many anomalies hide among the normal samples of each. */
export interface SweepScenario {
  readonly hidden: number
  readonly nNormal: number
  readonly runs: Scenario
}

export interface SweepScenarioOptions {
  readonly plan: StudyPlan
  /** The class of the labelled anomalies. */
  readonly anomaly: string
  readonly labelled: readonly number[]
  readonly contamination: readonly number[]
  readonly seed: number
}

/**
 * Philox streams of the draws, used for nothing else: which samples of a class may be labelled, with the class for its replicate; those that are labelled
 * and those that hide, both of class k at `stream + k`; the normal samples that these take the place of.
 */
const streams = { division: 0x5357_5000, labelled: 0x5357_4c00, hidden: 0x5357_4800, kept: 0x5357_4b00 } as const

/** A class of anomalies: those that may be labelled, those that may hide, and all that there are. */
interface Divided {
  readonly name: string
  readonly iClass: number
  readonly forLabels: Uint32Array
  readonly forHiding: Uint32Array
  readonly n: number
}

/**
 * The runs of every cell of a sweep, from those of a study's split, which decides the normal samples and the validation set.
 *
 * Labelled anomalies are drawn for each run anew; a larger number of them holds the smaller ones, and so does a larger contamination.
 * Hidden anomalies take the place of as many normal samples, so that training sets stay as large. They are of every class of anomalies in
 * proportion to its samples. No sample is labelled in one run and hidden in another: half of a class may be labelled, more where a cell asks
 * for more, and the others may hide. What a run trains on is not in its test. Validation sets hold normal samples only.
 *
 * Errors, all before anything is trained: `OUT_OF_RANGE` for more labels than the class can give, and for a contamination that
 * hides none, or more than the classes hold; those of `plan.scenario`.
 */
export function sweepScenarios(options: SweepScenarioOptions): (cell: RunSetting) => SweepScenario {
  const { plan, anomaly, labelled, contamination, seed } = options
  const { dataset, normal, split, scaleOf } = plan
  const most = labelled.reduce((a, b) => Math.max(a, b), 0)
  const base = plan.scenario(anomaly).runs
  const classes = dataset.classes.flatMap((name, iClass) => {
    const rows = classRows(dataset, iClass)
    if (name === normal || rows.length === 0) return []
    const may = trainable(dataset, split, rows)
    if (name === anomaly) requireLabels(name, most, Math.min(may.length, rows.length - 1))
    const order = drawRows(may, may.length, { seed, stream: streams.division, replicate: iClass })
    const cut = Math.max(Math.ceil(may.length / 2), name === anomaly ? most : 0)
    return [{ name, iClass, forLabels: order.subarray(0, cut), forHiding: order.subarray(cut), n: rows.length }]
  })
  const known = classes.find(({ name }) => name === anomaly)
  invariant(known, `the plan labels '${anomaly}', which is a class of anomalies`)
  const nNormal = at(base, 0).split.trainNormal.length
  const hiding = new Map(
    contamination.map((share) => [share, hiddenCounts(classes, { share, nNormal, anomaly, most })]),
  )
  return (cell) => {
    const counts = hiding.get(cell.contamination)
    invariant(counts, `contamination ${cell.contamination} is one of the sweep's`)
    const hidden = counts.reduce((sum, n) => sum + n, 0)
    const runs = base.map(({ run, split: own }) => {
      const draw = (stream: number) => ({ seed, stream, replicate: run })
      const kept = drawRows(own.trainNormal, nNormal - hidden, draw(streams.kept))
      const anomalies = classes.flatMap(({ iClass, forHiding }, k) => [
        ...drawRows(forHiding, at(counts, k), draw(streams.hidden + iClass)),
      ])
      const rows = {
        trainNormal: Uint32Array.from([...kept, ...anomalies]).sort(),
        trainAnomaly: drawRows(known.forLabels, cell.labelled, draw(streams.labelled + known.iClass)).sort(),
        validation: own.validation,
      }
      return {
        ...{ run, anomaly, setting: cell, scale: scaleOf(rows.trainNormal) },
        split: trainingSplit(dataset, { normal, ...rows }),
      }
    })
    return { hidden, nNormal, runs }
  }
}

/** Rows of a class that may be trained on. */
function trainable({ split: rule, testPart }: Dataset, split: SplitKind, rows: Uint32Array): Uint32Array {
  if (split !== 'published' || rule?.heldOut !== 'test part') return rows
  return rows.filter((row) => testPart?.[row] === 0)
}

function requireLabels(name: string, asked: number, most: number): void {
  if (asked <= most) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `labelled asks for ${counted(asked, 'labelled anomaly', 'labelled anomalies')} of class '${name}'. It can give ${most}, as training must ` +
      `leave one to test. Ask for ${most} at most, or label another class`,
  )
}

/** How many of each class hide. */
function hiddenCounts(
  classes: readonly Divided[],
  { share, nNormal, anomaly, most }: { share: number; nNormal: number; anomaly: string; most: number },
): number[] {
  const hidden = Math.round(share * nNormal)
  const trained = `the ${counted(nNormal, 'normal sample')} trained on`
  if (share > 0 && hidden === 0) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `contamination ${share} hides no anomaly among ${trained}. Use at least ${roundUp(0.5 / nNormal)}, or 0`,
    )
  }
  const sizes = classes.map(({ forLabels, forHiding }) => forLabels.length + forHiding.length)
  const total = sizes.reduce((sum, n) => sum + n, 0)
  const weights = sizes.map((n) => n / total)
  const counts = apportion(hidden, weights)
  const room = classes.map(({ name, forHiding, n }) =>
    Math.max(0, Math.min(forHiding.length, n - (name === anomaly ? most : 0) - 1)),
  )
  const tooSmall = (asked: readonly number[]) => asked.findIndex((n, k) => n > at(room, k))
  const short = tooSmall(counts)
  if (short === -1) return counts
  let possible = hidden - 1
  while (tooSmall(apportion(possible, weights)) !== -1) possible--
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `contamination ${share} hides ${counted(hidden, 'anomaly', 'anomalies')} among ${trained}, ${at(counts, short)} of them of class ` +
      `'${at(classes, short).name}'. That class has ${at(room, short)} to hide, beside those to label and to test. Use at most ` +
      `${largestShare(possible, nNormal)}`,
  )
}

function roundUp(x: number): number {
  return Math.ceil(x * 1e6) / 1e6
}

/** The largest share of n, of few digits, that hides so many. */
function largestShare(hidden: number, n: number): number {
  if (hidden === 0) return 0
  for (let unit = 1000; ; unit *= 10) {
    const share = Math.floor(((hidden + 0.5) / n) * unit) / unit
    // A share that lies on the boundary itself hides one more.
    const within = Math.round(share * n) > hidden ? share - 1 / unit : share
    if (Math.round(within * n) === hidden) return Number(within.toPrecision(12))
  }
}
