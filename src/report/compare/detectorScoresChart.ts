import type { TopLevelSpec } from 'vega-lite'
import type { DetectorScores, SampleCurves } from '../scores/detectorScores.js'
import { logAxis } from '../study/densityChart.js'
import { colours } from '../theme.js'

export const scoresWidth = 360
const densityHeight = 110
const ecdfHeight = 140

export interface DetectorLook {
  readonly title: string
  readonly colour: string
  readonly soft: string
}

/**
 * One detector's scores: densities of its normal and its anomalous samples above, their distribution functions below,
 * on one axis, and the threshold through both. The lines at the threshold are named `density_threshold` and
 * `ecdf_threshold`, so that the page's script finds them.
 */
export function detectorScoresChart(
  { axis, normal, anomalous }: DetectorScores,
  threshold: number,
  { title, colour, soft }: DetectorLook,
): TopLevelSpec {
  const [domain, densityDomain, shareDomain] = [
    [axis.low, axis.high],
    [0, 1.05],
    [0, 1],
  ]
  const x = (labels: boolean) =>
    ({
      field: 'score',
      type: 'quantitative',
      scale: { type: axis.scale, domain, nice: false, ...(axis.scale === 'linear' ? { zero: false } : {}) },
      axis: {
        ...(axis.scale === 'log' ? logAxis(normal.scores) : { title: 'score', tickCount: 5, format: '~g' }),
        grid: false,
        ...(labels ? {} : { title: null, labels: false, ticks: false }),
      },
    }) as const
  const values = (curves: SampleCurves, what: 'density' | 'ecdf') =>
    Array.from(curves.scores, (score, i) => ({ score, y: curves[what][i] }))
  const strokeDash = [4, 3]
  const rule = (name: string, labels: boolean) =>
    ({
      name,
      data: { values: [{ score: Math.min(axis.high, Math.max(axis.low, threshold)) }] },
      mark: { type: 'rule', stroke: colours.ink, strokeDash },
      encoding: { x: x(labels) },
    }) as const
  const densityY = { field: 'y', type: 'quantitative', scale: { domain: densityDomain }, axis: null } as const
  const share = { title: 'share at or below', tickCount: 5, domain: false, ticks: false } as const
  const ecdfY = { field: 'y', type: 'quantitative', scale: { domain: shareDomain }, axis: share } as const
  const area = (curves: SampleCurves, fill: string, stroke: string) =>
    ({
      data: { values: values(curves, 'density') },
      mark: { type: 'area', fill, fillOpacity: 0.6, line: { stroke, strokeWidth: 1.5 } },
      encoding: { x: x(false), y: densityY },
    }) as const
  const line = (curves: SampleCurves, stroke: string) =>
    ({
      data: { values: values(curves, 'ecdf') },
      mark: { type: 'line', stroke, strokeWidth: 1.75 },
      encoding: { x: x(true), y: ecdfY },
    }) as const
  return {
    title: { text: title, limit: scoresWidth },
    spacing: 12,
    vconcat: [
      {
        width: scoresWidth,
        height: densityHeight,
        layer: [
          area(normal, colours.normalSoft, colours.normal),
          area(anomalous, soft, colour),
          rule('density_threshold', false),
        ],
      },
      {
        width: scoresWidth,
        height: ecdfHeight,
        layer: [line(normal, colours.normal), line(anomalous, colour), rule('ecdf_threshold', true)],
      },
    ],
  }
}
