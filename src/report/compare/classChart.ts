import type { TopLevelSpec } from 'vega-lite'
import type { CandidateComparison, ComparedClass } from '../../compare/types.js'
import { arrows, formatPercent } from '../format.js'
import { colours } from '../theme.js'
import { vegaLiteral } from '../vegaLiteral.js'

const rowHeight = 46
const width = 290
const roles = ['baseline', 'candidate'] as const

/** Classes of a comparison; without any, all anomalies as one. */
function setsOf({ classes, overall }: CandidateComparison): readonly ComparedClass[] {
  return classes.length > 0 ? classes : [overall]
}

/** Rows by number, since only that tells classes apart for certain. */
function rows(classes: readonly ComparedClass[]) {
  const names = classes.map(({ name, n }) => [name, `n = ${n.toLocaleString('en')}`])
  const axis = {
    title: null,
    labelExpr: `${vegaLiteral(names)}[datum.value]`,
    labelLineHeight: 15,
    labelPadding: 10,
    labelLimit: 130,
    domain: false,
    ticks: false,
  } as const
  return { field: 'row', type: 'ordinal', scale: { paddingInner: 0.3, paddingOuter: 0.15 }, axis } as const
}

/** Recall of baseline and candidate with exact intervals, class by class. */
export function recallByClass(comparison: CandidateComparison, level: number): TopLevelSpec {
  const classes = setsOf(comparison)
  const values = classes.flatMap((one, row) =>
    [one.tprBaseline, one.tprCandidate].map(({ rate, interval }, i) => ({
      row,
      detector: roles[i],
      rate,
      low: interval[0],
      high: interval[1],
    })),
  )
  const axis = {
    title: `recall (TPR), with exact ${formatPercent(level)} interval`,
    tickCount: 5,
    domain: false,
    ticks: false,
    labelFlush: false,
  }
  const domain = [0, 1]
  const x = { type: 'quantitative', scale: { domain }, axis } as const
  return {
    width,
    height: classes.length * rowHeight,
    data: { values },
    encoding: { y: rows(classes), yOffset: { field: 'detector', sort: [...roles] } },
    layer: [
      {
        mark: { type: 'bar', height: { band: 0.86 } },
        encoding: {
          x: { field: 'rate', ...x },
          color: {
            field: 'detector',
            sort: [...roles],
            scale: { domain: [...roles], range: [colours.baseline, colours.candidate] },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'rule', color: colours.ink, strokeWidth: 1.5 },
        encoding: { x: { field: 'low', ...x }, x2: { field: 'high' } },
      },
    ],
  }
}

/** ξ with its own interval (thick) and the simultaneous one (thin), class by class. */
export function biasByClass(comparison: CandidateComparison, level: number): TopLevelSpec {
  const classes = setsOf(comparison)
  const values = classes.map((one, row) => ({
    row,
    xi: one.xi,
    low: one.interval[0],
    high: one.interval[1],
    lowJoint: one.simultaneous[0],
    highJoint: one.simultaneous[1],
    arrow: arrows[one.direction],
    clear: one.direction !== 'none',
  }))
  const axis = {
    title: `ξ, with ${formatPercent(level)} intervals`,
    tickCount: 5,
    labelExpr: "datum.value === 0 ? '0' : format(datum.value, '+')",
    domain: false,
    ticks: false,
    labelFlush: false,
    labelOverlap: false,
  }
  const x = { type: 'quantitative', scale: { zero: true, nice: true }, axis } as const
  const clearOrNot = [true, false]
  const y = rows(classes)
  const interval = (low: string, high: string, strokeWidth: number) =>
    ({
      mark: { type: 'rule', color: colours.ink, strokeWidth },
      encoding: { y, x: { field: low, ...x }, x2: { field: high } },
    }) as const
  return {
    width,
    height: classes.length * rowHeight,
    data: { values },
    layer: [
      { mark: { type: 'rule', color: colours.muted, strokeWidth: 1 }, encoding: { x: { datum: 0, ...x } } },
      interval('lowJoint', 'highJoint', 1),
      interval('low', 'high', 3),
      {
        mark: { type: 'point', filled: true, opacity: 1, size: 75, stroke: colours.ink, strokeWidth: 2 },
        encoding: {
          y,
          x: { field: 'xi', ...x },
          fill: { field: 'clear', scale: { domain: clearOrNot, range: [colours.ink, colours.page] }, legend: null },
        },
      },
      {
        mark: { type: 'text', fontSize: 16, align: 'left', dx: 6 },
        encoding: { y, x: { value: width }, text: { field: 'arrow' } },
      },
    ],
  }
}
