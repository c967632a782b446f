import { at } from '../../check.js'
import { printable } from '../../printable.js'
import { escapeHtml } from '../html.js'

/** Names as a chart has room for them. */
export interface ShortNames {
  /** Of at most so many characters, the middle of a long one left out; different names stay different. */
  readonly names: readonly string[]
  /**
   * A drawing with the whole of each shortened name as a title, which a pointer over it shows; `shown` says what stands there
   * where that is more than the name.
   */
  titled(svg: string, shown?: (name: string, i: number) => string): string
}

/** Shares of what is kept of a name that are its beginning: the first that tells all names apart is taken. */
const beginnings = [0.5, 0.3, 0.7, 0.1, 0.9]

/** Shortens names that are longer than `most` characters; where none of the ways tells all apart they get numbers too. */
export function shortNames(full: readonly string[], most: number): ShortNames {
  const apart = (names: readonly string[]) => new Set(names).size === new Set(full).size
  const ways = beginnings.map((share) => full.map((name) => shortened(name, most, share)))
  const names = ways.find(apart) ?? full.map((name, i) => numbered(name, most, i))
  return {
    names,
    titled(svg, shown = (name) => name) {
      const titles = new Map(
        names.flatMap((short, i) =>
          short === full[i] ? [] : [[escapeHtml(shown(short, i)), escapeHtml(shown(at(full, i), i))] as const],
        ),
      )
      // Texts of a drawing stand alone between two tags.
      return svg.replace(/>([^<>]+)</g, (found, text) => {
        const title = titles.get(text)
        return title === undefined ? found : `><title>${title}</title>${text}<`
      })
    },
  }
}

function shortened(name: string, most: number, share: number): string {
  const characters = Array.from(printable(name))
  if (characters.length <= most) return name
  const before = Math.round((most - 1) * share)
  const after = most - 1 - before
  return `${characters.slice(0, before).join('')}…${characters.slice(characters.length - after).join('')}`
}

function numbered(name: string, most: number, i: number): string {
  const number = ` ${i + 1}`
  return Array.from(name).length <= most ? name : `${shortened(name, most - number.length, 0.5)}${number}`
}
