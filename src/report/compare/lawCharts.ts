import type { TopLevelSpec } from 'vega-lite'
import type { SetLaw } from '../../compare/candidateLaw.js'
import type { ComparedClass } from '../../compare/types.js'
import type { JointFprs } from '../../stats/bias/jointFprs.js'
import { dashes, layerOf, signedLabels, vegaLiteral } from '../charts/marks.js'
import { colours } from '../theme.js'
import type { XiDomain } from './classChart.js'

/** A set of anomalies, its answer and what that is read off. */
export interface DrawnSet {
  readonly one: ComparedClass
  readonly law: SetLaw
}

const rowHeight = 44
/** Of a row: bars and marks reach so high. */
const reach = 0.8
const lawWidth = 620

/**
 * The law of ξ* of each set as a row of bars on one axis, which the laws of all candidates share, each row's highest bar of the same height, over the interval of
 * the set, with 0 and the estimate.
 */
export function lawChart(sets: readonly DrawnSet[], labels: readonly string[], ends: XiDomain): TopLevelSpec {
  const axis = { title: 'ξ', labelExpr: signedLabels, tickCount: 7, domain: false, ticks: false, labelFlush: false }
  const range = [...ends]
  const x = { type: 'quantitative', scale: { domain: range, nice: false, padding: 6 }, axis } as const
  const names = vegaLiteral(labels)
  const rows = {
    ...{ values: sets.map((_, row) => -row), title: null, domain: false, ticks: false, grid: false, labelLimit: 200 },
    ...{ labelExpr: `${names}[-datum.value]`, labelPadding: 10, labelBaseline: 'bottom' as const },
  } as const
  const domain = [0.1 - sets.length, 1]
  const y = { type: 'quantitative', scale: { domain, nice: false }, axis: rows } as const
  const places = sets.map(({ one: { xi, interval } }, row) => ({
    ...{ xi, low: interval[0], high: interval[1], base: -row, top: reach - row },
  }))
  const vertical = { y: { field: 'base', ...y }, y2: { field: 'top' } } as const
  return {
    width: lawWidth,
    height: sets.length * rowHeight,
    layer: [
      layerOf(
        { type: 'rect', fill: colours.candidateSoft },
        { x: { field: 'low', ...x }, x2: { field: 'high' }, ...vertical },
        places,
      ),
      layerOf({ type: 'rule', stroke: colours.muted, strokeDash: dashes }, { x: { datum: 0, ...x } }, [{}]),
      ...sets.map(({ law }, row) =>
        layerOf(
          {
            type: 'line',
            interpolate: 'step-after',
            fill: colours.candidate,
            stroke: colours.candidate,
            strokeWidth: 0,
          },
          { x: { field: 'x', ...x }, y: { field: 'y', ...y } },
          outline(law, -row),
        ),
      ),
      layerOf({ type: 'rule', stroke: colours.muted }, { y: { field: 'base', ...y } }, places),
      layerOf({ type: 'rule', stroke: colours.ink, strokeWidth: 2 }, { x: { field: 'xi', ...x }, ...vertical }, places),
    ],
  }
}

/** Steps along the tops of the bars, from the base and back to it; bars of single values stand apart. */
function outline({ width, first, probabilities, single }: SetLaw, base: number): { x: number; y: number }[] {
  const most = probabilities.reduce((highest, p) => Math.max(highest, p))
  const half = single ? 0.38 : 0.5
  const steps = Array.from(probabilities, (p, i) => {
    const middle = (first + i) * width
    const top = { x: middle - half * width, y: base + (reach * p) / most }
    return single ? [top, { x: middle + half * width, y: base }] : [top]
  }).flat()
  const [start, end] = [first - half, first + probabilities.length - 1 + half].map((edge) => ({
    x: edge * width,
    y: base,
  }))
  return [start, ...steps, end].filter((point) => point !== undefined)
}

const jointSize = 260

/** The joint law of both false-positive rates: the more draws in a cell, the stronger its colour. */
export function jointChart(
  { low, width, side, shares }: JointFprs,
  [baseline, candidate]: readonly [number, number],
): TopLevelSpec {
  const domain = [low, low + side * width]
  const most = shares.reduce((highest, share) => Math.max(highest, share))
  const cells = Array.from(shares, (share, cell) => {
    const [row, column] = [Math.floor(cell / side), cell % side]
    const [x, y] = [low + column * width, low + row * width]
    return { ...{ x, y, share }, x2: x + width, y2: y + width }
  }).filter(({ share }) => share > 0)
  const axis = (title: string) =>
    ({
      type: 'quantitative',
      scale: { domain, nice: false, zero: false },
      axis: { title, tickCount: 5, format: '~%', grid: false },
    }) as const
  const [x, y] = [axis('FPR of the baseline'), axis('FPR of the candidate')]
  const [shade, visible] = [
    [0, most],
    [0.06, 1],
  ]
  const opacity = {
    field: 'share',
    type: 'quantitative',
    scale: { domain: shade, range: visible },
    legend: null,
  } as const
  const line = { type: 'rule', stroke: colours.ink, strokeDash: dashes } as const
  return {
    width: jointSize,
    height: jointSize,
    layer: [
      layerOf(
        { type: 'rect', fill: colours.normal },
        { x: { field: 'x', ...x }, x2: { field: 'x2' }, y: { field: 'y', ...y }, y2: { field: 'y2' }, opacity },
        cells,
      ),
      layerOf(line, { x: { datum: baseline, ...x } }, [{}]),
      layerOf(line, { y: { datum: candidate, ...y } }, [{}]),
    ],
  }
}
