/** A result as indented JSON text, with each list of numbers on one line. */
export function jsonText(result: object): string {
  // Only between tokens: JSON escapes the line breaks of strings.
  return JSON.stringify(result, null, 2).replace(/\[\n[-+.\deE,\s]+\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  )
}
