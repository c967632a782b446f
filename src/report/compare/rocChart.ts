import type { TopLevelSpec } from 'vega-lite'
import { dashedLine, layerOf } from '../charts/marks.js'
import { colours } from '../theme.js'
import type { RocPoint } from './roc.js'

export const rocWidth = 360
export const rocHeight = 260

/** One detector's part of the chart. */
export interface RocLine {
  readonly name: string
  readonly points: readonly RocPoint[]
  /** Where it works: its false alarms and its recall at its threshold. */
  readonly at: RocPoint
}

/**
 * ROC curves of baseline and candidate near the target, the target, and where each of them works. Line and dots are
 * named `target`, `dot_baseline` and `dot_candidate`, so that the page's script finds them.
 */
export function rocChart(
  baseline: RocLine,
  candidate: RocLine,
  { fpr, fprEnd }: { fpr: number; fprEnd: number },
): TopLevelSpec {
  const [fprDomain, tprDomain] = [
    [0, fprEnd],
    [0, 1],
  ]
  const names = [baseline.name, candidate.name]
  const range: string[] = [colours.baseline, colours.candidate]
  const x = {
    field: 'fpr',
    type: 'quantitative',
    scale: { domain: fprDomain, nice: false },
    axis: { title: 'false-positive rate', tickCount: 5, format: '~%', grid: false },
  } as const
  const axis = { title: 'recall (TPR)', tickCount: 5, domain: false, ticks: false } as const
  const y = { field: 'tpr', type: 'quantitative', scale: { domain: tprDomain }, axis } as const
  const colour = {
    field: 'detector',
    sort: null,
    scale: { domain: names, range },
    legend: null,
  } as const
  const line = ({ name, points }: RocLine) =>
    layerOf(
      { type: 'line', interpolate: 'step-after', strokeWidth: 1.75 },
      { x, y, stroke: colour },
      points.map((point) => ({ ...point, detector: name })),
    )
  const look = { type: 'point', filled: true, opacity: 1, stroke: colours.page, strokeWidth: 1.5 } as const
  // The one below is the larger, so that both are seen where they coincide.
  const dot = (name: string, { at }: RocLine, fill: string, size: number) => ({
    name,
    ...layerOf({ ...look, size, fill }, { x, y }, [at]),
  })
  return {
    title: { text: 'ROC near the target' },
    width: rocWidth,
    height: rocHeight,
    layer: [
      dashedLine(x, fpr, 'target'),
      line(baseline),
      line(candidate),
      dot('dot_baseline', baseline, colours.baseline, 170),
      dot('dot_candidate', candidate, colours.candidate, 60),
    ],
  }
}
