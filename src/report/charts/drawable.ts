import { printable } from '../../printable.js'

/** Before texts that Vega cannot take as they are; `printable` leaves none in a text. */
const mark = '\ufdd0'

/** What all objects have, such as `constructor`: Vega looks texts of a specification up in objects, and finds these. */
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype))

/**
 * A part of a chart's specification whose texts Vega takes as texts, whatever names from data are among them. Those that
 * would be found in any object bear a mark, which {@link unmarked} takes out of the picture; keys stay as they are.
 */
export function drawable<T>(part: T): T
export function drawable(part: unknown): unknown {
  if (typeof part === 'string') {
    const text = printable(part, '\n')
    return inherited.has(text) ? mark + text : text
  }
  if (Array.isArray(part)) return part.map((one) => drawable(one))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, drawable(value)]))
}

/** A text of a picture as it is to be read. */
export function unmarked(text: string): string {
  return text.replaceAll(mark, '')
}
