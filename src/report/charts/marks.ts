import type { TopLevelSpec } from 'vega-lite'
import type { ComparedClass } from '../../compare/types.js'
import { colours } from '../theme.js'
import { arrows } from '../words.js'
import { drawable } from './drawable.js'

/** The labels of an axis of ξ: a sign wherever there is one. */
export const signedLabels = "datum.value === 0 ? '0' : format(datum.value, '+')"

/** The labels of an axis of numbers of any size: 150, 0.05, and 1e6 from there on and 1e−5 from there down. */
export const plainLabels =
  "replace(replace(format(datum.value, datum.value === 0 || (abs(datum.value) >= 1e-4 && abs(datum.value) < 1e6) ? '.12~r' : '.12~e'), 'e+', 'e'), 'e-', 'e−')"

/** The ticks of a logarithmic axis: the roundest numbers of which at least three lie between its ends; Vega's own choice if none do. */
export function logTicks(low: number, high: number): { readonly values?: number[] } {
  const first = Math.floor(Math.log10(low))
  const powers = Array.from({ length: Math.max(0, Math.ceil(Math.log10(high)) - first + 1) }, (_, i) => first + i)
  const choices = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]].map((digits) =>
    powers.flatMap((power) => digits.map((digit) => digit * 10 ** power)).filter((tick) => tick >= low && tick <= high),
  )
  const values = choices.find((ticks) => ticks.length >= 3)
  return values === undefined ? {} : { values }
}

/** Dashes and dots of lines: arrays that could be changed, as Vega's types want them. */
export const [dashes, dots] = [
  [4, 3],
  [2, 3],
]

/** Marks of one kind, one for each of the values; without values for each of those that the chart has. */
export function layerOf<const M extends object, const E extends object>(mark: M, encoding: E, values?: object[]) {
  return { ...(values === undefined ? {} : { data: { values } }), mark, encoding }
}

/** A dashed vertical line at a value of the axis `x`; the page's script finds it by its name. */
export function dashedLine<X extends { readonly field: string }>(x: X, value: number, name?: string) {
  const line = layerOf({ type: 'rule', stroke: colours.ink, strokeDash: dashes }, { x }, [{ [x.field]: value }])
  return name === undefined ? line : { name, ...line }
}

/** Labels of rows in lines. */
export const lineLabels = "split(datum.label, '\\n')"

/** The axis of a chart with a row for each class. */
export function classRows(labelExpr: string, { labels = true, padding = 0.15, lineHeight = 15, limit = 130 } = {}) {
  const bare = { title: null, labels, domain: false, ticks: false }
  const axis = { ...bare, labelExpr, labelLineHeight: lineHeight, labelPadding: 10, labelLimit: limit }
  const scale = { paddingInner: 2 * padding, paddingOuter: padding }
  return { field: 'row', type: 'nominal', sort: null, scale, axis } as const
}

/** A mean rate with ± one standard deviation, cut at 0 and 1. */
export function meanBar({ mean, sd }: { readonly mean: number; readonly sd: number }) {
  return { mean, low: Math.max(0, mean - sd), high: Math.min(1, mean + sd) }
}

interface BarLook {
  /** What the bars' length is. */
  readonly field: string
  readonly title: string
  /** Share of a row's half that a bar takes. */
  readonly band: number
  /** How far above the frame the colours are explained, if they are. */
  readonly legendOffset?: number
}

/** The encoding and the layers of a panel with a pair of bars in each row, and a line from `low` to `high` over each. */
export function barPairs(detectors: readonly string[], { field, title, band, legendOffset }: BarLook) {
  const unit = [0, 1]
  const axis = { title, tickCount: 5, domain: false, ticks: false, labelFlush: false }
  const x = { type: 'quantitative', scale: { domain: unit }, axis } as const
  const sort = [...detectors]
  const scale = { domain: sort, range: [colours.baseline, colours.candidate] }
  const legend = legendOffset === undefined ? null : ({ title: null, orient: 'top', offset: legendOffset } as const)
  const line = { x: { field: 'low', ...x }, x2: { field: 'high' } }
  return {
    x,
    yOffset: { field: 'detector', sort },
    bars: layerOf(
      { type: 'bar', height: { band } },
      { x: { field, ...x }, color: { field: 'detector', sort, scale, legend } },
    ),
    lines: layerOf({ type: 'rule', color: colours.ink, strokeWidth: 1.5 }, line),
  }
}

/** What {@link xiRows} draws of a class. */
export function xiDot({
  xi,
  interval: [low, high],
  simultaneous: [lowJoint, highJoint],
  direction,
}: Pick<ComparedClass, 'xi' | 'interval' | 'simultaneous' | 'direction'>) {
  return { ...{ xi, low, high, lowJoint, highJoint }, arrow: arrows[direction], clear: direction !== 'none' }
}

/** The fields of {@link xiDot} as {@link xiRows} draws them: the interval of a class alone thick, the simultaneous one thin. */
export const bothIntervals = [
  { low: 'lowJoint', high: 'highJoint', thickness: 1 },
  { low: 'low', high: 'high', thickness: 3 },
] as const

/** Dots of ξ, filled where the field `clear` says that an interval excludes 0. */
export function xiDots<const E extends object>(places: E, values?: object[]) {
  const look = { type: 'point', filled: true, opacity: 1, size: 75, stroke: colours.ink, strokeWidth: 2 } as const
  const scale = { domain: [true, false], range: [colours.ink, colours.page] }
  return layerOf(look, { ...places, fill: { field: 'clear', scale, legend: null } }, values)
}

interface XiLook {
  readonly title: string
  readonly width: number
  /** Fields of the ends of the intervals and how thick their lines are, the ones below first. */
  readonly intervals: readonly { readonly low: string; readonly high: string; readonly thickness: number }[]
  /** The ends of the axis, where others share it. */
  readonly domain?: readonly [number, number] | undefined
}

/**
 * ξ in each of the rows `y`: a line at 0, intervals, a dot that is filled where `clear` says that the interval excludes 0,
 * and an arrow at the right end.
 */
export function xiRows<Y extends object>(y: Y, { title, width, intervals, domain }: XiLook) {
  const ticks = { tickCount: 5, domain: false, ticks: false, labelFlush: false, labelOverlap: false }
  const axis = { title, labelExpr: signedLabels, ...ticks }
  const ends: number[] = [...(domain ?? [])]
  const scale = domain === undefined ? { zero: true, nice: true } : { domain: ends, nice: false }
  const x = { type: 'quantitative', scale, axis } as const
  return [
    layerOf({ type: 'rule', color: colours.muted, strokeWidth: 1 }, { x: { datum: 0, ...x } }),
    ...intervals.map(({ low, high, thickness }) => {
      const line = { type: 'rule', color: colours.ink, strokeWidth: thickness } as const
      return layerOf(line, { y, x: { field: low, ...x }, x2: { field: high } })
    }),
    xiDots({ y, x: { field: 'xi', ...x } }),
    layerOf({ type: 'text', fontSize: 16, align: 'left', dx: 6 }, { y, x: { value: width }, text: { field: 'arrow' } }),
  ]
}

/** A chart beside or above others. */
export type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number]

/** A value as a Vega expression. */
export function vegaLiteral(value: unknown): string {
  return JSON.stringify(drawable(value))
}
