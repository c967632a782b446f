import type { TopLevelSpec } from 'vega-lite'
import type { DensityPanel, DensityReproduction } from '../../paper/types.js'
import { detectorTitle } from '../format.js'
import type { SampleCurves } from '../scores/detectorScores.js'
import { logAxis } from '../study/densityChart.js'
import { colours } from '../theme.js'
import { densityCurves } from './densityCurves.js'
import { wholePercent } from './reproductionWords.js'

const width = 380
const height = 200

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number]

/**
 * Figures 1 and 4–8 of Ye, Chen and Zheng (2021): densities of the scores of normal samples and of labelled anomalies, for the
 * semi-supervised detector (left) and the supervised one (right), with the threshold. Both curves of a panel are drawn to one
 * scale: their areas compare.
 */
export function scorePairChart({ panels, normal, anomaly }: DensityReproduction): TopLevelSpec {
  const [left, right] = panels
  const looks = [
    { colour: colours.baseline, soft: colours.baselineSoft },
    { colour: colours.candidate, soft: colours.candidateSoft },
  ] as const
  return {
    spacing: 34,
    hconcat: [panel(left, { normal, anomaly, ...looks[0] }), panel(right, { normal, anomaly, ...looks[1] })],
  }
}

interface Look {
  readonly normal: string
  readonly anomaly: string
  readonly colour: string
  readonly soft: string
}

function panel(scores: DensityPanel, { normal: normalName, anomaly, colour, soft }: Look): Panel {
  const { axis, normal, anomalous } = densityCurves(scores)
  const { threshold } = scores
  const domain = [axis.low, axis.high]
  const highest = [0, 1.05]
  const x = {
    field: 'score',
    type: 'quantitative',
    scale: { type: axis.scale, domain, nice: false, ...(axis.scale === 'linear' ? { zero: false } : {}) },
    axis: {
      ...(axis.scale === 'log' ? logAxis(normal.scores) : { title: 'score', tickCount: 5, format: '~g' }),
      grid: false,
    },
  } as const
  const y = { field: 'y', type: 'quantitative', scale: { domain: highest }, axis: null } as const
  const area = ({ scores: at, density }: SampleCurves, fill: string, stroke: string) =>
    ({
      data: { values: Array.from(at, (score, i) => ({ score, y: density[i] })) },
      mark: { type: 'area', fill, fillOpacity: 0.6, line: { stroke, strokeWidth: 1.5 } },
      encoding: { x, y },
    }) as const
  const line = (y: number, text: string, fill: string) => ({
    data: { values: [{ text }] },
    mark: { type: 'text', align: 'left', x: 0, fill, fontWeight: 'bold' } as const,
    encoding: { y: { value: y }, text: { field: 'text' } } as const,
  })
  const place = Math.min(axis.high, Math.max(axis.low, threshold))
  const dash = [4, 3]
  return {
    title: { text: detectorTitle(scores.detector), offset: 10 },
    width,
    height,
    layer: [
      area(normal, colours.normalSoft, colours.normal),
      area(anomalous, soft, colour),
      {
        data: { values: [{ score: place }] },
        mark: { type: 'rule', stroke: colours.ink, strokeDash: dash },
        encoding: { x },
      },
      {
        data: { values: [{ score: place, text: 'threshold' }] },
        mark: { type: 'text', align: 'center', fill: colours.muted },
        encoding: { x, y: { value: -9 }, text: { field: 'text' } },
      },
      line(-42, `${normalName}: ${wholePercent(scores.observedFpr)} above the threshold`, colours.normal),
      line(-25, `${anomaly}: ${wholePercent(scores.observedTpr)} above the threshold`, colour),
    ],
  }
}
