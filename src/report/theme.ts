/**
 * Colours of reports. The light hues are Okabe and Ito's (2008), which stay apart for every common kind of colour
 * vision, the dark ones a shade brighter; nothing is told by hue alone. Each is used for one purpose, so that the dark form can be found from the light one.
 */
export const colours = {
  page: '#ffffff',
  ink: '#1a1e24',
  muted: '#59636e',
  rule: '#dde1e6',
  panel: '#f5f7f9',
  warning: '#fff4d6',
  baseline: '#0072b2',
  baselineSoft: '#b8d8ea',
  candidate: '#d55e00',
  candidateSoft: '#f3cdb1',
  normal: '#6b7480',
  normalSoft: '#d3d8de',
} as const

/** What a colour and its soft form stand for in charts of two detectors. */
export type Role = 'baseline' | 'candidate'

const dark: Record<keyof typeof colours, string> = {
  page: '#15181c',
  ink: '#e9ebee',
  muted: '#a3adb8',
  rule: '#343a42',
  panel: '#1d2126',
  warning: '#3a3014',
  baseline: '#2f8fcb',
  baselineSoft: '#24465c',
  candidate: '#d47a1a',
  candidateSoft: '#553818',
  normal: '#98a2ae',
  normalSoft: '#3c434c',
}

/**
 * Ends and middle of a scale of ξ from −1 to 1: Okabe and Ito's vermilion for losses and blue for gains, which stay apart
 * for every common kind of colour vision. Heat maps keep them in the dark form, where they bring their own ground.
 */
export const diverging = ['#b34d00', '#f7f7f5', '#005b8e'] as const

export const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"

/** Custom properties for the page in both modes, and rules that recolour charts, which are drawn in the light form. */
export function themeCss(): string {
  const recolour = Object.entries(colours).flatMap(([name, colour]) => [
    `svg [fill="${colour}"]{fill:var(--${name})}`,
    `svg [stroke="${colour}"]{stroke:var(--${name})}`,
  ])
  return [
    `:root{color-scheme:light;${properties(colours)}}`,
    // On paper the light form holds, whatever the screen shows.
    `@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${properties(dark)}}}`,
    ...recolour,
  ].join('\n')
}

function properties(form: Record<string, string>): string {
  return Object.entries(form)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';')
}
