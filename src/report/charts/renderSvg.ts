import { createHash } from 'node:crypto'
import type { TopLevelSpec } from 'vega-lite'
import { escapeHtml } from '../html.js'
import { colours, fonts } from '../theme.js'
import { chartText } from './chartText.js'
import { drawable, unmarked } from './drawable.js'

/** Part of Vega that its type declarations leave out: how wide it takes texts to be when it lays out a chart. */
declare module 'vega' {
  export const textMetrics: { width: (item: { fontSize?: number; text?: unknown }, text?: string) => number }
}

// Not at the top: it takes as long to load as some commands take to run.
const drawingModule = () => import('./vega.js')

/** Begins to load what draws, for a chart that is sure to come, while this thread waits for others. */
export function prepareToDraw(): void {
  // Should it not load, the chart itself says so.
  drawingModule().catch(() => undefined)
}

/**
 * Draws a Vega-Lite chart as one `<svg>` element, in the report's look, which tells style sheets its width, `--width`.
 * Deterministic; needs no browser.
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const { compile, parse, textMetrics, View, Warn } = await drawingModule()
  // Without a canvas to measure on, Vega takes 0.8 em for a character, a third more than wide sans-serif fonts have; arrows have more.
  textMetrics.width = (item, text) => {
    const shown = unmarked(String(text ?? item.text ?? ''))
    return (item.fontSize ?? 11) * (0.6 * shown.length + 0.4 * shown.replace(/[^↑↓]/g, '').length)
  }
  const view = new View(parse(compile(drawable(spec), { config }).spec), { renderer: 'none', logLevel: Warn })
  try {
    const svg = ownIds(unmarked(await view.toSVG()))
    return svg.replace(/^<svg [^>]*?\bwidth="([\d.]+)"/, '$& style="--width:$1px"')
  } finally {
    view.finalize()
  }
}

/** A chart as a file of its own: {@link renderSvg} with a title, which is read out, on the ground of a page. */
export async function renderSvgFile(spec: TopLevelSpec, title: string): Promise<string> {
  const ground = `<rect width="100%" height="100%" fill="${colours.page}"/>`
  const svg = await renderSvg(spec)
  return svg.replace(/^<svg ([^>]*)>/, (_, attributes) => {
    return `<svg role="img" ${attributes}><title>${escapeHtml(title)}</title>${ground}`
  })
}

/**
 * Names gradients and clips, which Vega counts on from drawing to drawing, after the drawing itself: equal drawings are
 * equal to the byte, and no two others share a name on one page.
 */
function ownIds(svg: string): string {
  const numbers = new Map<string, number>()
  // Inside tags alone: texts may be anything.
  const inTags = (rename: (id: string) => string) =>
    svg.replace(/<[^<>]+>/g, (tag) => tag.replace(/(?<=\bid="|url\(#)(clip|gradient_)\d+(?=["')])/g, rename))
  const counted = inTags((id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1)
    return `${numbers.get(id)}`
  })
  const digest = createHash('sha256').update(counted).digest('hex').slice(0, 12)
  return inTags((id) => `d${digest}-${numbers.get(id)}`)
}

const text = {
  labelColor: colours.ink,
  titleColor: colours.muted,
  labelFontSize: chartText,
  titleFontSize: chartText,
} as const

const config = {
  // The page describes each chart as a whole; a role on every mark would only make it longer.
  aria: false,
  background: 'transparent',
  font: fonts,
  padding: 2,
  view: { stroke: null },
  axis: {
    ...text,
    titleFontWeight: 'normal',
    titlePadding: 8,
    domainColor: colours.muted,
    tickColor: colours.muted,
    gridColor: colours.rule,
  },
  legend: { ...text, symbolType: 'square', symbolSize: 110, columnPadding: 18 },
  title: { color: colours.ink, fontSize: 13, anchor: 'start', offset: 10 },
  text: { fontSize: chartText, color: colours.ink },
} as const
