/** What acts on a terminal, turns the direction of the text beside it, or is no character at all. */
const acting = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/gu

/**
 * A text in which nothing acts on what shows it: control characters, marks of writing direction, separators of lines and what
 * is no character stand as JSON writes them, `\u001b`. JSON stays the same value.
 *
 * @param kept control characters that are meant, such as line ends
 */
export function printable(text: string, kept = ''): string {
  return text.replace(acting, (found) => (kept.includes(found) ? found : escaped(found)))
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  }).join('')
}

/** A text of lines, see {@link printable}. */
export function printableLines(text: string): string {
  return printable(text, '\n\t')
}
