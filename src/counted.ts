/** `1,234`, as `toLocaleString('en')` writes it, whose first use takes some 15 ms. */
export function formatCount(n: number): string {
  return Number.isSafeInteger(n) ? String(n).replace(/\B(?=(\d{3})+$)/g, ',') : n.toLocaleString('en')
}

/** `1 sample`, `2 samples`, `1,000 samples` */
export function counted(n: number, what: string, several = `${what}s`): string {
  return `${formatCount(n)} ${n === 1 ? what : several}`
}
