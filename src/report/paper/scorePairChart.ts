import type { TopLevelSpec } from 'vega-lite'
import { detectorTitle } from '../../detectors/detectors.js'
import type { DensityPanel, DensityReproduction } from '../../paper/types.js'
import { dashedLine, layerOf } from '../charts/marks.js'
import type { Panel } from '../charts/panel.js'
import { densityArea, scoreX, withinAxis } from '../charts/scoreMarks.js'
import { formatWholePercent } from '../format.js'
import { colours, type Role } from '../theme.js'
import { densityCurves } from './densityCurves.js'

const width = 380
const height = 200

/**
 * Figures 1 and 4–8 of Ye, Chen and Zheng (2021): densities of the scores of normal samples and of labelled anomalies, for the
 * semi-supervised detector (left) and the supervised one (right), with the threshold. Both curves of a panel are drawn to one
 * scale: their areas compare.
 */
export function scorePairChart({ panels, normal, anomaly }: DensityReproduction): TopLevelSpec {
  const [left, right] = panels
  return {
    spacing: 34,
    hconcat: [panel(left, [normal, anomaly], 'baseline'), panel(right, [normal, anomaly], 'candidate')],
  }
}

function panel(scores: DensityPanel, [normalName, anomaly]: readonly [string, string], role: Role): Panel {
  const { axis, normal, anomalous } = densityCurves(scores)
  const x = scoreX(normal.scores, axis)
  const place = withinAxis(axis, scores.threshold)
  const line = (y: number, text: string, fill: string) =>
    layerOf(
      { type: 'text', align: 'left', x: 0, fill, fontWeight: 'bold' },
      { y: { value: y }, text: { field: 'text' } },
      [{ text }],
    )
  return {
    title: { text: detectorTitle(scores.detector), offset: 10 },
    width,
    height,
    layer: [
      densityArea(x, normal, colours.normalSoft, colours.normal),
      densityArea(x, anomalous, colours[`${role}Soft`], colours[role]),
      dashedLine(x, place),
      layerOf(
        { type: 'text', align: 'center', fill: colours.muted },
        { x, y: { value: -9 }, text: { field: 'text' } },
        [{ score: place, text: 'threshold' }],
      ),
      line(-42, `${normalName}: ${formatWholePercent(scores.observedFpr)} above the threshold`, colours.normal),
      line(-25, `${anomaly}: ${formatWholePercent(scores.observedTpr)} above the threshold`, colours[role]),
    ],
  }
}
