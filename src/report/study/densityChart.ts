import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type { StudyResult } from '../../study/core/types.js'
import { dashedLine, layerOf } from '../charts/marks.js'
import type { Panel } from '../charts/panel.js'
import { scoreX } from '../charts/scoreMarks.js'
import { vegaLiteral } from '../charts/vegaLiteral.js'
import { formatWholePercent } from '../format.js'
import { type ScoreCurves, scoreCurves } from '../scores/scoreCurves.js'
import { colours, type Role } from '../theme.js'

const panelWidth = 290
const rowHeight = 46
/** Share of its row that a curve's highest point takes. */
const peak = 0.84

interface Look {
  readonly title: string
  /** Names of the rows; none for a panel that shares its neighbour's. */
  readonly rows: readonly string[]
  readonly role: Role
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
  const own = (role: Role, named: readonly string[]) =>
    panel(scoreCurves(scores[role]), { title: `${detectorTitle(detectors[role])} (${role})`, rows: named, role })
  return { spacing: 30, hconcat: [own('baseline', rows), own('candidate', [])] }
}

function panel(curves: ScoreCurves, { title, rows, role }: Look): Panel {
  const { scale, scores, iThreshold } = curves
  const nRows = curves.curves.length
  const x = scoreX(scores, { scale })
  const y = rowsY(rows, nRows)
  const { below, above, outline, normal } = curvePoints(curves)
  const shares = curves.curves.map((curve, row) => ({
    y: base(row, nRows) + 0.3,
    text: formatWholePercent(curve.flagged),
  }))
  const [top, bottom, detail] = [{ field: 'top', ...y }, { field: 'base' }, { field: 'row' }]
  const area = (values: object[], fill: string) =>
    layerOf({ type: 'area', fill }, { x, y: top, y2: bottom, detail }, values)
  const line = (values: object[], stroke: string, strokeWidth: number) =>
    layerOf({ type: 'line', stroke, strokeWidth }, { x, y: top, detail }, values)
  const threshold = at(scores, iThreshold)
  const heading = (text: string, x: object, align: 'left' | 'right') =>
    layerOf({ type: 'text', align, fill: colours.muted }, { x, y: { value: -8 }, text: { field: 'text' } }, [
      { text, score: threshold },
    ])
  return {
    title: { text: title, offset: 22 },
    width: panelWidth,
    height: nRows * rowHeight,
    layer: [
      area(below, colours[`${role}Soft`]),
      area(above, colours[role]),
      line(outline, colours[role], 1.25),
      line(normal, colours.normal, 1),
      dashedLine(x, threshold),
      layerOf(
        { type: 'text', align: 'left' },
        { x: { value: panelWidth + 6 }, y: { field: 'y', ...y }, text: { field: 'text' } },
        shares,
      ),
      // On the side of its line where there is room, so that it cannot meet the heading of the shares.
      heading('threshold', x, iThreshold > scores.length / 2 ? 'right' : 'left'),
      heading('flagged', { value: panelWidth + 44 }, 'right'),
    ],
  }
}

/** Where the bottom of a row lies, rows being 1 high. */
function base(row: number, nRows: number): number {
  return nRows - 1 - row
}

/** The curves of all rows below and above the threshold and as a whole, and in each row but the first the normal class's. */
function curvePoints({ scores, iThreshold, curves }: ScoreCurves) {
  const points = (row: number, heights: Float64Array, first: number, end: number) =>
    Array.from(heights.subarray(first, end), (height, i) => {
      const bottom = base(row, curves.length)
      return { row, score: at(scores, first + i), base: bottom, top: bottom + peak * height }
    })
  const all = curves.map(({ heights }) => heights)
  return {
    below: all.flatMap((heights, row) => points(row, heights, 0, iThreshold + 1)),
    above: all.flatMap((heights, row) => points(row, heights, iThreshold, heights.length)),
    outline: all.flatMap((heights, row) => points(row, heights, 0, heights.length)),
    normal: all.flatMap((_, row) => (row === 0 ? [] : points(row, at(all, 0), 0, scores.length))),
  }
}

/** Rows from the first, which is on top, to the last; named if they have names. */
function rowsY(names: readonly string[], nRows: number) {
  return {
    type: 'quantitative',
    scale: { domain: { expr: `[0, ${nRows}]` }, nice: false },
    axis: {
      title: null,
      values: names.map((_, row) => base(row, nRows) + 0.3),
      labelExpr: `${vegaLiteral([...names].reverse())}[floor(datum.value)]`,
      labelLimit: 260,
      grid: false,
      domain: false,
      ticks: false,
    },
  } as const
}
