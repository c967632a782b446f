/** `1,234`, as `toLocaleString('en')` writes it, whose first use takes some 15 ms. */
export function formatCount(n: number): string {
  return Number.isSafeInteger(n) ? String(n).replace(/\B(?=(\d{3})+$)/g, ',') : n.toLocaleString('en')
}

/** A number that is enough, as far as is known: `1,234`, and from 10,000 on to three digits, not less, as `5,080,000`. */
export function formatAbout(n: number): string {
  if (n < 10_000 || !Number.isFinite(n)) return formatCount(n)
  const unit = 10 ** (String(Math.trunc(n)).length - 3)
  return formatCount(Math.ceil(n / unit) * unit)
}

/** `1 sample`, `2 samples`, `1,000 samples` */
export function counted(n: number, what: string, several = `${what}s`): string {
  return `${formatCount(n)} ${n === 1 ? what : several}`
}
