import type { TopLevelSpec } from 'vega-lite'
import type { CandidateComparison, ComparedClass } from '../compare/types.js'
import { arrows, formatPercent } from './format.js'
import { colours } from './theme.js'
import { vegaLiteral } from './vegaLiteral.js'

const rowHeight = 46
const tprWidth = 330
const xiWidth = 270
const roles = ['baseline', 'candidate'] as const

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number]

interface ClassChartOptions {
  readonly baseline: string
  readonly level: number
}

/**
 * Recall of baseline and candidate with exact intervals, and ξ with its own (thick) and its simultaneous (thin) interval,
 * class by class; without classes, over all anomalies.
 */
export function classChart(comparison: CandidateComparison, { baseline, level }: ClassChartOptions): TopLevelSpec {
  const classes = comparison.classes.length > 0 ? comparison.classes : [comparison.overall]
  const titles = { baseline: `${baseline} (baseline)`, candidate: `${comparison.candidate.name} (candidate)` }
  const height = classes.length * rowHeight
  return {
    spacing: 22,
    hconcat: [
      { ...tprPanel(classes, titles, level), width: tprWidth, height },
      { ...xiPanel(classes, level), width: xiWidth, height },
    ],
  }
}

/** Rows of both panels by number, since only that tells classes apart for certain; the first panel writes the names. */
function rows(classes: readonly ComparedClass[], labels: boolean) {
  const names = classes.map(({ name, n }) => [name, `n = ${n.toLocaleString('en')}`])
  const axis = {
    title: null,
    labels,
    labelExpr: `${vegaLiteral(names)}[datum.value]`,
    labelLineHeight: 15,
    labelPadding: 10,
    labelLimit: 220,
    domain: false,
    ticks: false,
  } as const
  return { field: 'row', type: 'ordinal', scale: { paddingInner: 0.3, paddingOuter: 0.15 }, axis } as const
}

function tprPanel(
  classes: readonly ComparedClass[],
  titles: Record<(typeof roles)[number], string>,
  level: number,
): Panel {
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
    data: { values },
    encoding: { y: rows(classes, true), yOffset: { field: 'detector', sort: [...roles] } },
    layer: [
      {
        mark: { type: 'bar', height: { band: 0.86 } },
        encoding: {
          x: { field: 'rate', ...x },
          color: {
            field: 'detector',
            sort: [...roles],
            scale: { domain: [...roles], range: [colours.baseline, colours.candidate] },
            legend: {
              title: null,
              orient: 'top',
              offset: 8,
              labelLimit: 300,
              labelExpr: `${vegaLiteral(titles)}[datum.value]`,
            },
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

function xiPanel(classes: readonly ComparedClass[], level: number): Panel {
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
  const y = rows(classes, false)
  const interval = (low: string, high: string, strokeWidth: number) =>
    ({
      mark: { type: 'rule', color: colours.ink, strokeWidth },
      encoding: { y, x: { field: low, ...x }, x2: { field: high } },
    }) as const
  return {
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
        encoding: { y, x: { value: xiWidth }, text: { field: 'arrow' } },
      },
    ],
  }
}
