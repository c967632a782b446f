import type { TopLevelSpec } from 'vega-lite'
import type { ClassResult, StudyResult } from '../../study/types.js'
import { arrows, detectorTitle, formatPercent } from '../format.js'
import { colours } from '../theme.js'

const rowHeight = 52
const xiWidth = 260

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number]

/**
 * Figure 3 of Ye, Chen and Zheng (2021) with ξ beside it: for each class of anomalies, nearest to the labelled ones
 * first, bars of both detectors' mean TPR with ± sd over runs, and ξ with its interval.
 */
export function recallChart(result: StudyResult): TopLevelSpec {
  const height = result.classes.length * rowHeight
  return {
    spacing: 24,
    hconcat: [
      { ...tprPanel(result), width: 400, height },
      { ...xiPanel(result), width: xiWidth, height },
    ],
  }
}

/** Rows of both panels; the first one writes the labels. */
function rows(labels: boolean) {
  const axis = {
    title: null,
    labels,
    labelExpr: "split(datum.label, '\\n')",
    labelLineHeight: 15,
    labelPadding: 10,
    labelLimit: 260,
    domain: false,
    ticks: false,
  } as const
  return { field: 'row', type: 'nominal', sort: null, scale: { paddingInner: 0.3, paddingOuter: 0.15 }, axis } as const
}

function rowLabel({ name, n, l2 }: ClassResult): string {
  return `${name}\ndistance ${l2.toFixed(2)}, n = ${n.toLocaleString('en')}`
}

function tprPanel({ classes, detectors }: StudyResult): Panel {
  const titles = [detectorTitle(detectors.baseline), detectorTitle(detectors.candidate)]
  const values = classes.flatMap((one) =>
    [one.tprBaseline, one.tprCandidate].map(({ mean, sd }, i) => ({
      row: rowLabel(one),
      detector: titles[i],
      mean,
      low: Math.max(0, mean - sd),
      high: Math.min(1, mean + sd),
    })),
  )
  const domain = [0, 1]
  const axis = { title: 'TPR, mean ± sd over runs', tickCount: 5, domain: false, ticks: false, labelFlush: false }
  const x = { type: 'quantitative', scale: { domain }, axis } as const
  return {
    data: { values },
    encoding: { y: rows(true), yOffset: { field: 'detector', sort: titles } },
    layer: [
      {
        mark: { type: 'bar', height: { band: 0.86 } },
        encoding: {
          x: { field: 'mean', ...x },
          color: {
            field: 'detector',
            sort: titles,
            scale: { domain: titles, range: [colours.baseline, colours.candidate] },
            legend: { title: null, orient: 'top', offset: 8 },
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

function xiPanel({ classes, level }: StudyResult): Panel {
  const values = classes.map((one) => ({
    row: rowLabel(one),
    xi: one.xi,
    low: one.interval[0],
    high: one.interval[1],
    arrow: arrows[one.direction],
    clear: one.direction !== 'none',
  }))
  const title = `ξ = difference in TPR, with ${formatPercent(level)} interval`
  const axis = {
    title,
    tickCount: 5,
    labelExpr: "datum.value === 0 ? '0' : format(datum.value, '+')",
    domain: false,
    ticks: false,
    labelFlush: false,
    labelOverlap: false,
  }
  const x = { type: 'quantitative', scale: { zero: true, nice: true }, axis } as const
  const y = rows(false)
  return {
    data: { values },
    layer: [
      { mark: { type: 'rule', color: colours.muted, strokeWidth: 1 }, encoding: { x: { datum: 0, ...x } } },
      {
        mark: { type: 'rule', color: colours.ink, strokeWidth: 2 },
        encoding: { y, x: { field: 'low', ...x }, x2: { field: 'high' } },
      },
      {
        mark: { type: 'point', filled: true, opacity: 1, size: 75, stroke: colours.ink, strokeWidth: 2 },
        encoding: {
          y,
          x: { field: 'xi', ...x },
          fill: {
            field: 'clear',
            scale: { domain: [true, false], range: [colours.ink, colours.page] },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 16, align: 'left', dx: 6 },
        encoding: { y, x: { value: xiWidth }, text: { field: 'arrow' } },
      },
    ],
  }
}
