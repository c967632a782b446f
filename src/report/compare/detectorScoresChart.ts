import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import { dashedLine, layerOf } from '../charts/marks.js'
import { densityArea, scoreX, withinAxis } from '../charts/scoreMarks.js'
import { shortNames } from '../charts/shortNames.js'
import type { DetectorScores, SampleCurves } from '../scores/detectorScores.js'
import { colours, type Role } from '../theme.js'

export const scoresWidth = 360
export const densityHeight = 110
export const ecdfHeight = 140

/**
 * One detector's scores: densities of its normal and its anomalous samples above, their distribution functions below,
 * on one axis, and the threshold through both. Marks are named `density_threshold`, `density_anomalous` and so on, so that the
 * page's script finds them.
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
  const line = (name: string, { scores, ecdf }: SampleCurves, stroke: string) => ({
    name,
    ...layerOf(
      { type: 'line', stroke, strokeWidth: 1.75 },
      { x, y },
      Array.from(scores, (score, i) => ({ score, y: at(ecdf, i) })),
    ),
  })
  return {
    title: { text: `${at(shortNames([name], 34).names, 0)} (${role})` },
    spacing: 12,
    vconcat: [
      {
        width: scoresWidth,
        height: densityHeight,
        layer: [
          { name: 'density_normal', ...densityArea(unlabelled, normal, colours.normalSoft, colours.normal) },
          { name: 'density_anomalous', ...densityArea(unlabelled, anomalous, colours[`${role}Soft`], colours[role]) },
          dashedLine(unlabelled, place, 'density_threshold'),
        ],
      },
      {
        width: scoresWidth,
        height: ecdfHeight,
        layer: [
          line('ecdf_normal', normal, colours.normal),
          line('ecdf_anomalous', anomalous, colours[role]),
          dashedLine(x, place, 'ecdf_threshold'),
        ],
      },
    ],
  }
}
