import type { TopLevelSpec } from 'vega-lite'
import { detectorTitle } from '../../detectors/detectors.js'
import type { ClassResult, StudyResult } from '../../study/core/types.js'
import { barPairs, xiRows } from '../charts/marks.js'
import type { Panel } from '../charts/panel.js'
import { formatCount, formatPercent } from '../format.js'
import { arrows } from '../words.js'

const rowHeight = 52
const xiWidth = 260

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
  return `${name}\ndistance ${l2.toFixed(2)}, n = ${formatCount(n)}`
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
  const look = { field: 'mean', title: 'TPR, mean ± sd over runs', band: 0.86, legendOffset: 8 }
  const { yOffset, bars, lines } = barPairs(titles, look)
  return { data: { values }, encoding: { y: rows(true), yOffset }, layer: [bars, lines] }
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
  const layer = xiRows(rows(false), {
    title: `ξ = difference in TPR, with ${formatPercent(level)} interval`,
    width: xiWidth,
    intervals: [{ low: 'low', high: 'high', thickness: 2 }],
  })
  return { data: { values }, layer }
}
