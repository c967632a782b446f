import type { TopLevelSpec } from 'vega-lite'
import type { ClassResult, StudyResult } from '../../study/core/types.js'
import { barPairs, bothIntervals, classRows, lineLabels, meanBar, type Panel, xiDot, xiRows } from '../charts/marks.js'
import { formatCount, formatPercent } from '../format.js'
import { titlesOf } from '../words.js'

const rowHeight = 52
const xiWidth = 260

/**
 * Figure 3 of Ye, Chen and Zheng (2021) with ξ beside it: for each class of anomalies, nearest to the labelled ones
 * first, bars of both detectors' mean TPR with ± sd over runs, and ξ with its intervals.
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

function rowLabel({ name, n, l2 }: ClassResult): string {
  return `${name}\ndistance ${l2.toFixed(2)}, n = ${formatCount(n)}`
}

function tprPanel({ classes, detectors }: StudyResult): Panel {
  const titles = titlesOf(detectors)
  const values = classes.flatMap((one) =>
    [one.tprBaseline, one.tprCandidate].map((tpr, i) => ({ row: rowLabel(one), detector: titles[i], ...meanBar(tpr) })),
  )
  const look = { field: 'mean', title: 'TPR, mean ± sd over runs', band: 0.86, legendOffset: 8 }
  const { yOffset, bars, lines } = barPairs(titles, look)
  return { data: { values }, encoding: { y: classRows(lineLabels, { limit: 260 }), yOffset }, layer: [bars, lines] }
}

function xiPanel({ classes, level }: StudyResult): Panel {
  const values = classes.map((one) => ({ row: rowLabel(one), ...xiDot(one) }))
  const layer = xiRows(classRows(lineLabels, { labels: false }), {
    title: `ξ = difference in TPR, with ${formatPercent(level)} intervals`,
    width: xiWidth,
    intervals: bothIntervals,
  })
  return { data: { values }, layer }
}
