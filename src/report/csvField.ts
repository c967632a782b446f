import { printable } from '../printable.js'

/** What spreadsheets take for the beginning of a formula. */
const formula = /^[=+\-@\t＝＋－＠]/
const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$|^[-+]?(inf(inity)?|nan)?$/i

/**
 * A field of CSV, in quotes where it must be (RFC 4180). A text that a spreadsheet would compute begins with an apostrophe,
 * and nothing in it acts on a terminal, see `printable`.
 */
export function csvField(field: unknown): string {
  const text = typeof field === 'string' ? inert(field) : String(field)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function inert(field: string): string {
  const text = printable(field.replaceAll('\r\n', '\n'), '\t\n')
  return formula.test(text) && !number.test(text) ? `'${text}` : text
}

/** Rows of fields, without a line end after the last. */
export function csvText(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => row.map(csvField).join()).join('\n')
}
