import type { TopLevelSpec } from 'vega-lite'
import type { StudyResult } from '../../study/types.js'
import { detectorTitle } from '../format.js'
import { type ScoreCurves, scoreCurves } from '../scores/scoreCurves.js'
import { colours } from '../theme.js'

const panelWidth = 290
const rowHeight = 46
/** Share of its row that a curve's highest point takes. */
const peak = 0.84

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number]

interface Look {
  readonly title: string
  /** Names of the rows; none for a panel that shares its neighbour's. */
  readonly rows: readonly string[]
  readonly flagged: string
  readonly passed: string
}

/**
 * Figure 1 of Ye, Chen and Zheng (2021) for every class: a panel for each detector with a row for the normal class and
 * for each class of anomalies: the density of its scores, the part above the threshold filled, its share in numbers, and
 * the normal class's density as an outline behind.
 *
 * Every curve is drawn to the same height: areas compare within a row, not between rows.
 */
export function densityChart({ detectors, normal, classes, scores }: StudyResult): TopLevelSpec {
  const rows = [`${normal} (normal)`, ...classes.map(({ name }) => name)]
  return {
    spacing: 30,
    hconcat: [
      panel(scoreCurves(scores.baseline), {
        title: `${detectorTitle(detectors.baseline)} (baseline)`,
        rows,
        flagged: colours.baseline,
        passed: colours.baselineSoft,
      }),
      panel(scoreCurves(scores.candidate), {
        title: `${detectorTitle(detectors.candidate)} (candidate)`,
        rows: [],
        flagged: colours.candidate,
        passed: colours.candidateSoft,
      }),
    ],
  }
}

function panel({ scale, scores, iThreshold, curves }: ScoreCurves, { title, rows, flagged, passed }: Look): Panel {
  const nRows = curves.length
  const base = (row: number): number => nRows - 1 - row
  const points = (row: number, heights: Float64Array, first: number, end: number) =>
    Array.from(heights.subarray(first, end), (height, i) => ({
      row,
      score: scores[first + i],
      base: base(row),
      top: base(row) + peak * height,
    }))
  const all = curves.map(({ heights }) => heights)
  const below = all.flatMap((heights, row) => points(row, heights, 0, iThreshold + 1))
  const above = all.flatMap((heights, row) => points(row, heights, iThreshold, heights.length))
  const outline = all.flatMap((heights, row) => points(row, heights, 0, heights.length))
  const normal = all.flatMap((_, row) => (row === 0 ? [] : points(row, all[0] ?? new Float64Array(), 0, scores.length)))
  const shares = curves.map((curve, row) => ({ y: base(row) + 0.3, text: `${(curve.flagged * 100).toFixed(0)} %` }))

  const x = {
    field: 'score',
    type: 'quantitative',
    scale: scale === 'log' ? { type: scale, nice: false } : { type: scale, nice: false, zero: false },
    axis: scale === 'log' ? logAxis(scores) : { title: 'score', grid: false, tickCount: 5, format: '~g' },
  } as const
  const y = {
    type: 'quantitative',
    scale: { domain: { expr: `[0, ${nRows}]` }, nice: false },
    axis: {
      title: null,
      values: rows.map((_, row) => base(row) + 0.3),
      labelExpr: `${JSON.stringify([...rows].reverse())}[floor(datum.value)]`,
      labelLimit: 260,
      grid: false,
      domain: false,
      ticks: false,
    },
  } as const
  const area = (values: object[], fill: string) =>
    ({
      data: { values },
      mark: { type: 'area', fill },
      encoding: { x, y: { field: 'top', ...y }, y2: { field: 'base' }, detail: { field: 'row' } },
    }) as const
  const line = (values: object[], stroke: string, strokeWidth: number) =>
    ({
      data: { values },
      mark: { type: 'line', stroke, strokeWidth },
      encoding: { x, y: { field: 'top', ...y }, detail: { field: 'row' } },
    }) as const
  const heading = (text: string, x: object, align: 'left' | 'right') => ({
    data: { values: [{ text, score: scores[iThreshold] }] },
    mark: { type: 'text', align, fill: colours.muted } as const,
    encoding: { x, y: { value: -8 }, text: { field: 'text' } } as const,
  })
  return {
    title: { text: title, offset: 22 },
    width: panelWidth,
    height: nRows * rowHeight,
    layer: [
      area(below, passed),
      area(above, flagged),
      line(outline, flagged, 1.25),
      line(normal, colours.normal, 1),
      {
        data: { values: [{ score: scores[iThreshold] }] },
        mark: { type: 'rule', stroke: colours.ink, strokeDash: [4, 3] },
        encoding: { x },
      },
      {
        data: { values: shares },
        mark: { type: 'text', align: 'left' },
        encoding: { x: { value: panelWidth + 6 }, y: { field: 'y', ...y }, text: { field: 'text' } },
      },
      // On the side of its line where there is room, so that it cannot meet the heading of the shares.
      heading('threshold', x, iThreshold > scores.length / 2 ? 'right' : 'left'),
      heading('flagged', { value: panelWidth + 44 }, 'right'),
    ],
  }
}

/** Ticks at powers of ten, every second or third one if there are many; Vega's own choice if the scores span too few. */
export function logAxis(scores: Float64Array) {
  const low = Math.ceil(Math.log10(scores[0] ?? Number.NaN))
  const high = Math.floor(Math.log10(scores.at(-1) ?? Number.NaN))
  const axis = { title: 'score (logarithmic)', grid: false, tickCount: 5, format: '~g' }
  if (high - low < 1) return axis
  const every = Math.ceil((high - low + 1) / 6)
  return {
    ...axis,
    values: Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => 10 ** (low + i * every)),
  }
}
