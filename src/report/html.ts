import { at } from '../check.js'
import { printableLines } from '../printable.js'

/** Text that is markup already. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | number | Html | readonly Html[]

/**
 * Template tag for markup: every interpolated string is escaped, interpolated {@link Html} is not. Words that are written from right to
 * left, such as names, stand for themselves among others: they move no number or sign beside them.
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const isText = textPlaces(strings)
  return new Html(
    strings.map((text, i) => text + (i < parts.length ? markup(at(parts, i), at(isText, i)) : '')).join(''),
  )
}

function markup(part: Part, isText: boolean): string {
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('\n')
  const escaped = escapeHtml(String(part))
  return isText ? escaped.replace(rightToLeft, '<bdi>$&</bdi>') : escaped
}

/** Words of the scripts that are written from right to left, and what joins them. */
const rightToLeft = (() => {
  const letter = String.raw`[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]`
  return new RegExp(String.raw`${letter}+(?:[ \u00a0_\-.·'’\u200c\u200d]+${letter}+)*`, 'gu')
})()

const known = new WeakMap<TemplateStringsArray, readonly boolean[]>()

/** Whether what is interpolated at each place is text that may hold elements: no attribute, and nothing that is shown as it stands. */
function textPlaces(strings: TemplateStringsArray): readonly boolean[] {
  const found = known.get(strings)
  if (found !== undefined) return found
  let before = ''
  const places = strings.map((text) => {
    before += text
    const isInTag = before.lastIndexOf('<') > before.lastIndexOf('>')
    return !isInTag && !/<(?:title|option|text|style|script)\b[^<>]*>[^<]*$/.test(before)
  })
  known.set(strings, places)
  return places
}

const entities = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' } as const

/** Text as markup that shows it, see `printable`. */
export function escapeHtml(text: string): string {
  return printableLines(text).replace(/[&<>"']/g, (character) => `&${entities[character as keyof typeof entities]};`)
}
