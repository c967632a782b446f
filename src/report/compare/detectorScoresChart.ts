import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import { dashedLine, layerOf } from '../charts/marks.js'
import { densityArea, scoreX, withinAxis } from '../charts/scoreMarks.js'
import type { DetectorScores, SampleCurves } from '../scores/detectorScores.js'
import { colours, type Role } from '../theme.js'

export const scoresWidth = 360
const densityHeight = 110
const ecdfHeight = 140

/**
 * One detector's scores: densities of its normal and its anomalous samples above, their distribution functions below,
 * on one axis, and the threshold through both. The lines at the threshold are named `density_threshold` and
 * `ecdf_threshold`, so that the page's script finds them.
 */
export function detectorScoresChart(
  { axis, normal, anomalous }: DetectorScores,
  threshold: number,
  { name, role }: { readonly name: string; readonly role: Role },
): TopLevelSpec {
  const x = scoreX(normal.scores, axis)
  const unlabelled = { ...x, axis: { ...x.axis, title: null, labels: false, ticks: false } } as const
  const place = withinAxis(axis, threshold)
  const domain = [0, 1]
  const share = { title: 'share at or below', tickCount: 5, domain: false, ticks: false } as const
  const y = { field: 'y', type: 'quantitative', scale: { domain }, axis: share } as const
  const line = ({ scores, ecdf }: SampleCurves, stroke: string) =>
    layerOf(
      { type: 'line', stroke, strokeWidth: 1.75 },
      { x, y },
      Array.from(scores, (score, i) => ({ score, y: at(ecdf, i) })),
    )
  return {
    title: { text: `${name} (${role})`, limit: scoresWidth },
    spacing: 12,
    vconcat: [
      {
        width: scoresWidth,
        height: densityHeight,
        layer: [
          densityArea(unlabelled, normal, colours.normalSoft, colours.normal),
          densityArea(unlabelled, anomalous, colours[`${role}Soft`], colours[role]),
          dashedLine(unlabelled, place, 'density_threshold'),
        ],
      },
      {
        width: scoresWidth,
        height: ecdfHeight,
        layer: [line(normal, colours.normal), line(anomalous, colours[role]), dashedLine(x, place, 'ecdf_threshold')],
      },
    ],
  }
}
