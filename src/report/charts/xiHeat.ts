import { diverging } from '../theme.js'

/** The colour of a cell by its field `xi`: the scale reaches 1 on either side of 0, so that charts compare. */
export function xiColour(legend: boolean) {
  return {
    field: 'xi',
    type: 'quantitative' as const,
    scale: { domain: [-1, 0, 1], range: [...diverging], interpolate: 'rgb' as const, clamp: true },
    legend: legend
      ? { title: 'ξ', orient: 'bottom' as const, gradientLength: 240, format: '+.1f', values: [-1, -0.5, 0, 0.5, 1] }
      : null,
  }
}

/** Beyond these the scale is dark, and white reads better on it. */
const dark = { below: -0.918, above: 0.789 }
const [onDark, onLight] = ['#fefefe', '#000000'] as const

/** The colour of a text on the colour of ξ. No cell has a contrast below 4.5 : 1. */
export function inkOf(xi: number): string {
  return xi < dark.below || xi > dark.above ? onDark : onLight
}

/** {@link inkOf} of the field `xi`. */
export const xiInk = {
  condition: { test: `datum.xi < ${dark.below} || datum.xi > ${dark.above}`, value: onDark },
  value: onLight,
}
