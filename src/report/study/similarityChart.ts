import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import type { AnomalyMatrix } from '../../study/anomalyMatrix.js'
import type { StudyResult } from '../../study/core/types.js'
import { dots, layerOf, signedLabels, xiDots } from '../charts/marks.js'
import { type ShortNames, shortNames } from '../charts/shortNames.js'
import { formatGiven, formatSigned } from '../format.js'
import { colours } from '../theme.js'
import { arrows } from '../words.js'
import { labelPlaces } from './labelPlaces.js'
import { distanceWords } from './studyWords.js'

/** What one panel shows: the tested classes of one choice of labelled anomalies. */
interface Shown extends Pick<StudyResult, 'classes' | 'normal' | 'l2Normal'> {
  readonly labelled: readonly string[]
}

interface Frame {
  readonly width: number
  readonly height: number
  readonly fontSize: number
  /** Of more classes than these only the labelled ones and those with an arrow are named. */
  readonly mostNames: number
  /** Ends of the axes; arrays that could be changed, as Vega's types want them. */
  readonly distances: [number, number]
  readonly xis: [number, number]
  readonly xTitle: string | null
  readonly yTitle: string | null
}

/**
 * ξ against the distance to the labelled class: the paper's central claim as a picture. A dot for each class with its
 * simultaneous interval, filled where that excludes 0; the grey bar behind is where ξ can lie at all, from −TPR to 1 − TPR of the
 * baseline; a dotted line marks the distance of the normal class.
 */
export function similarityChart(result: StudyResult, look: keyof typeof looks): TopLevelSpec {
  const { classes, mixture, anomaly, normal, l2Normal, level } = result
  const labelled = mixture?.map((one) => one.class) ?? [anomaly]
  const shown = { classes, labelled, normal, l2Normal }
  return panel(shown, {
    ...looks[look],
    distances: distanceDomain([shown]),
    xis: xiDomain([shown]),
    xTitle: `distance to ${short(anomaly)} (${distanceWords(result)})`,
    yTitle: `ξ, with simultaneous ${formatGiven(level)} interval`,
  })
}

/** Of a study where there is room and where there is little, and of one labelled class of many. */
const looks = {
  wide: { width: 820, height: 360, fontSize: 12, mostNames: 40 },
  narrow: { width: 330, height: 420, fontSize: 11, mostNames: 8 },
  oneOfMany: { width: 380, height: 230, fontSize: 11, mostNames: 12 },
} as const

/** {@link similarityChart} for every labelled class, a drawing for each, on the same axes. */
export function matrixSimilarityCharts({ rows, normal, ...matrix }: AnomalyMatrix): TopLevelSpec[] {
  const all = rows.map(({ labelled, classes, l2Normal }) => ({ labelled: [labelled], classes, normal, l2Normal }))
  const { names } = shortNames(
    rows.map(({ labelled }) => labelled),
    26,
  )
  const [distances, xis] = [distanceDomain(all), xiDomain(all)]
  return all.map((shown, i) => {
    const tau = at(rows, i).similarity.all?.tau
    const xTitle = `distance to the labelled class (${distanceWords(matrix)})`
    return {
      ...panel(shown, { ...looks.oneOfMany, distances, xis, xTitle, yTitle: 'ξ' }),
      title: { text: `labelled: ${at(names, i)}${tau === undefined ? '' : `, τ ${formatSigned(tau)}`}`, offset: 8 },
    }
  })
}

/** The whole of every name that a drawing shortens, as a title. */
export function similarityTitled(svg: string, shown: Pick<Shown, 'classes' | 'labelled'>): string {
  const { titled } = classNames(shown)
  return titled(svg, (name, i) => label(name, at(shown.classes, i), shown.labelled))
}

function classNames({ classes }: Pick<Shown, 'classes'>): ShortNames {
  return shortNames(
    classes.map(({ name }) => name),
    20,
  )
}

function short(name: string): string {
  return at(shortNames([name], 20).names, 0)
}

/** A name with what is said of its class. */
function label(name: string, { name: full, direction }: Shown['classes'][number], labelled: readonly string[]): string {
  return [
    name,
    ...(labelled.includes(full) ? ['(labelled)'] : []),
    ...(direction === 'none' ? [] : [arrows[direction]]),
  ].join(' ')
}

function panel(shown: Shown, frame: Frame) {
  const { width, height, distances, xis, xTitle, yTitle } = frame
  const x = {
    field: 'l2',
    type: 'quantitative',
    scale: { domain: distances, nice: false },
    axis: { title: xTitle, tickCount: 6, grid: false, labelFlush: false },
  } as const
  const y = {
    type: 'quantitative',
    scale: { domain: xis, nice: false },
    axis: { title: yTitle, tickCount: 5, labelExpr: signedLabels, domain: false, ticks: false },
  } as const
  const values = dotsOf(shown, frame)
  const span = (from: string, to: string, look: { stroke: string; strokeWidth: number }) =>
    layerOf({ type: 'rule', ...look }, { x, y: { field: from, ...y }, y2: { field: to } }, values)
  return {
    width,
    height,
    layer: [
      span('least', 'most', { stroke: colours.rule, strokeWidth: 9 }),
      layerOf({ type: 'rule', stroke: colours.muted, strokeWidth: 1 }, { y: { datum: 0, ...y } }, [{}]),
      ...normalLine(shown, frame, x),
      span('low', 'high', { stroke: colours.ink, strokeWidth: 2 }),
      ...nameMarks(values, frame.fontSize),
      xiDots({ x, y: { field: 'xi', ...y } }, values),
    ],
  } satisfies TopLevelSpec
}

/** Pixels from the left and from the top. */
function pixelsOf({ width, height, distances: [nearest, farthest], xis: [low, high] }: Frame) {
  return {
    across: (distance: number) => ((distance - nearest) / (farthest - nearest)) * width,
    down: (xi: number) => ((high - xi) / (high - low)) * height,
  }
}

type Dot = ReturnType<typeof dotsOf>[number]

/** A class each: its dot, its interval, where ξ can lie, and where its name stands, which if `far` a line joins to its dot. */
function dotsOf({ classes, labelled }: Shown, frame: Frame) {
  const { width, height, fontSize, xis, mostNames } = frame
  const { across, down } = pixelsOf(frame)
  const { names } = classNames({ classes })
  const points = classes.map((one, i) => ({
    x: across(one.l2),
    y: down(one.xi),
    top: down(one.simultaneous[1]),
    bottom: down(one.simultaneous[0]),
    label:
      classes.length <= mostNames || one.direction !== 'none' || labelled.includes(one.name)
        ? label(at(names, i), one, labelled)
        : '',
    always: labelled.includes(one.name),
  }))
  const places = labelPlaces(points, { width, height, fontSize, zero: down(0) })
  return classes.map(({ l2, xi, simultaneous: [low, high], direction, tprBaseline }, k) => {
    const point = at(points, k)
    const found = places[k]
    const name = found === undefined ? '' : point.label
    const place = found ?? { x: point.x, y: point.y, align: 'left' }
    return {
      ...{ l2, xi, low, high },
      least: Math.max(xis[0], -tprBaseline.mean),
      most: Math.min(xis[1], 1 - tprBaseline.mean),
      clear: direction !== 'none',
      ...{ label: name, dotX: point.x, dotY: point.y },
      ...{ labelX: place.x, labelY: place.y, align: place.align },
      far: name !== '' && Math.abs(place.y - point.y) > 1.3 * fontSize,
    }
  })
}

/** How far the normal class lies from the labelled one. */
function normalLine<X extends object>({ normal, l2Normal }: Shown, frame: Frame, x: X) {
  const [align, dx] =
    pixelsOf(frame).across(l2Normal) < frame.width / 2 ? (['left', 5] as const) : (['right', -5] as const)
  const place = { l2: l2Normal, text: `${short(normal)} (normal)` }
  return [
    layerOf({ type: 'rule', stroke: colours.normal, strokeDash: dots }, { x }, [place]),
    layerOf(
      { type: 'text', align, dx, fontSize: frame.fontSize, fill: colours.muted },
      { x, y: { value: frame.height - 8 }, text: { field: 'text' } },
      [place],
    ),
  ]
}

/** The names of the classes in front of what they cross, and lines to those that are far from their dots. */
function nameMarks(values: readonly Dot[], fontSize: number) {
  const pixels = { type: 'quantitative', scale: null, axis: null } as const
  const x = { field: 'labelX', ...pixels }
  const y = { field: 'labelY', ...pixels }
  const names = (look: object) =>
    (['left', 'right'] as const).map((align) =>
      layerOf(
        { type: 'text', align, baseline: 'middle', fontSize, ...look },
        { x, y, text: { field: 'label' } },
        values.filter((value) => value.align === align),
      ),
    )
  const far = values.filter((value) => value.far)
  const [x2, y2] = [{ field: 'labelX' }, { field: 'labelY' }]
  const line = { x: { field: 'dotX', ...pixels }, y: { field: 'dotY', ...pixels }, x2, y2 }
  return [
    layerOf({ type: 'rule', stroke: colours.muted, strokeWidth: 1 }, line, far),
    ...names({ stroke: colours.page, strokeWidth: 4, strokeJoin: 'round' }),
    ...names({ fill: colours.ink }),
  ]
}

/** From a little left of 0, where the labelled class lies, to a little right of the farthest. */
function distanceDomain(all: readonly Shown[]): [number, number] {
  const distances = all.flatMap(({ classes, l2Normal }) => [l2Normal, ...classes.map(({ l2 }) => l2)])
  const farthest = distances.reduce((a, b) => Math.max(a, b), 0) || 1
  return [-0.02 * farthest, 1.04 * farthest]
}

/** The quarters around all intervals and 0. */
function xiDomain(all: readonly Shown[]): [number, number] {
  const ends = all.flatMap(({ classes }) => classes.flatMap(({ simultaneous }) => simultaneous))
  const low = Math.floor(4 * ends.reduce((a, b) => Math.min(a, b), 0)) / 4
  const high = Math.ceil(4 * ends.reduce((a, b) => Math.max(a, b), 0)) / 4
  return low === high ? [-0.25, 0.25] : [low, high]
}
