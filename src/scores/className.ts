/** Numbers are classes by their value: 0, 0.0 and 00 are one. */
export function className(text: string): string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : text
}
