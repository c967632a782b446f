import Table from 'cli-table3'
import { printable, printableLines } from '../printable.js'

interface TextTableOptions {
  /** How columns stand, a letter each: `l` left, `r` right, `c` in the middle. */
  readonly align: string
  /** Characters of a column whose words are wrapped, null for one as wide as it needs. */
  readonly widths?: (number | null)[]
  /** No lines between rows. Default true. */
  readonly compact?: boolean
}

/** A table for people at a terminal. No colours, and nothing in a cell acts on the terminal. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { align, widths, compact = true }: TextTableOptions,
): string {
  const table = new Table({
    head: head.map((title) => printable(title, '\n')),
    colAligns: Array.from(align, (letter) => (letter === 'l' ? 'left' : letter === 'r' ? 'right' : 'center')),
    style: { head: [], border: [], compact },
    ...(widths === undefined ? {} : { colWidths: widths, wordWrap: true }),
  })
  table.push(...rows.map((row) => row.map((cell) => printable(cell, '\n'))))
  return table.toString()
}

/** A table of things with a column each for its title, how it stands, and what it says of a thing. */
export function columnTable<T>(
  columns: readonly (readonly [title: string, align: 'l' | 'r' | 'c', cell: (one: T) => string])[],
  rows: readonly T[],
): string {
  const cells = rows.map((row) => columns.map(([, , cell]) => cell(row)))
  return textTable(
    columns.map(([title]) => title),
    cells,
    { align: columns.map(([, align]) => align).join('') },
  )
}

/** Lines for people at a terminal, on which nothing in them acts, see `printable`. */
export function textLines(lines: readonly string[]): string {
  return printableLines(lines.join('\n'))
}
