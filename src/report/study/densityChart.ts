import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type { RunDetectorScores, StudyResult } from '../../study/core/types.js'
import { dashedLine, layerOf, vegaLiteral } from '../charts/marks.js'
import { scoreX } from '../charts/scoreMarks.js'
import { shortNames } from '../charts/shortNames.js'
import { formatWholePercent } from '../format.js'
import { density, silvermanBandwidth } from '../scores/density.js'
import { type Axis, scales } from '../scores/scoreAxis.js'
import { colours, type Role } from '../theme.js'
import { manyRows, studyNames } from './recallChart.js'

const panelWidth = 290
const rowHeight = 46
/** Share of its row that a curve's highest point takes. */
const peak = 0.84

/**
 * Figure 1 of Ye, Chen and Zheng (2021) for every class: a drawing for each detector with a row for the normal class and each class
 * of anomalies: the density of its scores, the share above the threshold filled and in numbers, and the normal class's outline.
 */
export function densityCharts(result: StudyResult): TopLevelSpec[] {
  const { detectors, classes, scores } = result
  const rows = [normalName(result), ...studyNames({ classes }).names]
  return (['baseline', 'candidate'] as const).map((role) => ({
    ...panel(scoreCurves(scores[role]), rows, role),
    title: { text: detectorHeading(detectors[role], role), offset: 22 },
  }))
}

/** `cotton crop (normal)`, as there is room for it. */
function normalName({ normal }: StudyResult): string {
  return `${at(shortNames([normal], 20).names, 0)} (normal)`
}

/** `Deep SAD (candidate)`, as there is room for it. */
export function detectorHeading(detector: string, role: Role): string {
  return `${at(shortNames([detectorTitle(detector)], 30).names, 0)} (${role})`
}

function panel(curves: ScoreCurves, rows: readonly string[], role: Role) {
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
    width: panelWidth,
    height: nRows * (nRows > manyRows ? 30 : rowHeight),
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
  } satisfies TopLevelSpec
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

const nPoints = 201

type ScoreCurves = ReturnType<typeof scoreCurves>

/**
 * Densities of log₁₀ of the scores, which spread over several powers of ten, unless one is negative; 0 is taken as the smallest
 * positive one. They are evaluated over all scores and a twentieth of their range beyond; a sample without spread is a peak.
 */
export function scoreCurves({ threshold, normal, classes }: RunDetectorScores) {
  const samples = [normal, ...classes]
  const extreme = (choose: (a: number, b: number) => number) =>
    samples.reduce((best, sample) => sample.reduce((a, b) => choose(a, b), best), threshold)
  const [smallest, largest] = [extreme(Math.min), extreme(Math.max)]
  const scale: Axis['scale'] = smallest >= 0 && largest > 0 ? 'log' : 'linear'
  const floor = Math.min(...[...samples, [threshold]].map(smallestPositive))
  const toScale = scale === 'log' ? (score: number) => Math.log10(Math.max(score, floor)) : (score: number) => score

  const low = toScale(smallest)
  const range = toScale(largest) - low || 1
  const step = (1.1 * range) / (nPoints - 1)
  const even = Float64Array.from({ length: nPoints }, (_, i) => low - 0.05 * range + i * step)
  const places = Float64Array.from(new Set([...even, toScale(threshold)])).sort()
  return {
    scale,
    /** Where the curves are evaluated, increasing; the threshold is one of them. */
    scores: places.map(scales[scale].from),
    iThreshold: places.indexOf(toScale(threshold)),
    /** The normal class first, then each class of anomalies, relative to its own highest point. */
    curves: samples.map((sample) => {
      const placed = Float64Array.from(sample, toScale)
      const heights = density(placed, places, Math.max(silvermanBandwidth(placed), step))
      const highest = heights.reduce((a, b) => Math.max(a, b))
      return {
        heights: heights.map((height) => height / highest),
        flagged: sample.filter((score) => score > threshold).length / sample.length,
      }
    }),
  }
}

function smallestPositive(sample: Iterable<number>): number {
  let least = Number.POSITIVE_INFINITY
  for (const score of sample) if (score > 0 && score < least) least = score
  return least
}
