/** A field of CSV, in quotes where it must be (RFC 4180). */
export function csvField(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}

/** Rows of fields, without a line end after the last. */
export function csvText(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => row.map((field) => csvField(String(field))).join()).join('\n')
}
