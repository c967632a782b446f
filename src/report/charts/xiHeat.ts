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

/** The colour of a text on it. The ends of the scale are dark: white reads better there. No cell has a contrast below 4.5 : 1. */
export const xiInk = {
  condition: { test: 'datum.xi < -0.918 || datum.xi > 0.789', value: '#fefefe' },
  value: '#000000',
}
