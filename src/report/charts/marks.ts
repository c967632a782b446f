import { colours } from '../theme.js'

/** The labels of an axis of ξ: a sign wherever there is one. */
export const signedLabels = "datum.value === 0 ? '0' : format(datum.value, '+')"

/** A dashed vertical line at a value of the axis `x`; the page's script finds it by its name. */
export function dashedLine<X extends { readonly field: string }>(x: X, value: number | undefined, name?: string) {
  const strokeDash = [4, 3]
  return {
    ...(name === undefined ? {} : { name }),
    data: { values: [{ [x.field]: value }] },
    mark: { type: 'rule', stroke: colours.ink, strokeDash },
    encoding: { x },
  } as const
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
  const range: string[] = [colours.baseline, colours.candidate]
  const legend = legendOffset === undefined ? null : ({ title: null, orient: 'top', offset: legendOffset } as const)
  return {
    x,
    yOffset: { field: 'detector', sort },
    layers: [
      {
        mark: { type: 'bar', height: { band } },
        encoding: {
          x: { field, ...x },
          color: { field: 'detector', sort, scale: { domain: sort, range }, legend },
        },
      },
      {
        mark: { type: 'rule', color: colours.ink, strokeWidth: 1.5 },
        encoding: { x: { field: 'low', ...x }, x2: { field: 'high' } },
      },
    ] as const,
  }
}

interface XiLook {
  readonly title: string
  readonly width: number
  /** Fields of the ends of the intervals and how thick their lines are, the ones below first. */
  readonly intervals: readonly { readonly low: string; readonly high: string; readonly thickness: number }[]
}

/**
 * ξ in each of the rows `y`: a line at 0, intervals, a dot that is filled where `clear` says that the interval excludes 0,
 * and an arrow at the right end.
 */
export function xiRows<Y extends object>(y: Y, { title, width, intervals }: XiLook) {
  const axis = {
    title,
    tickCount: 5,
    labelExpr: signedLabels,
    domain: false,
    ticks: false,
    labelFlush: false,
    labelOverlap: false,
  }
  const x = { type: 'quantitative', scale: { zero: true, nice: true }, axis } as const
  const clear = [true, false]
  const range: string[] = [colours.ink, colours.page]
  return [
    { mark: { type: 'rule', color: colours.muted, strokeWidth: 1 }, encoding: { x: { datum: 0, ...x } } } as const,
    ...intervals.map(
      ({ low, high, thickness }) =>
        ({
          mark: { type: 'rule', color: colours.ink, strokeWidth: thickness },
          encoding: { y, x: { field: low, ...x }, x2: { field: high } },
        }) as const,
    ),
    {
      mark: { type: 'point', filled: true, opacity: 1, size: 75, stroke: colours.ink, strokeWidth: 2 },
      encoding: {
        y,
        x: { field: 'xi', ...x },
        fill: { field: 'clear', scale: { domain: clear, range }, legend: null },
      },
    } as const,
    {
      mark: { type: 'text', fontSize: 16, align: 'left', dx: 6 },
      encoding: { y, x: { value: width }, text: { field: 'arrow' } },
    } as const,
  ]
}
