/** `+0.66`, `−0.20`, `0.00`: with a sign wherever the rounded number has one, and a true minus. It calls nothing: pages hold it as it stands. */
export function formatSigned(value: number, decimals = 2): string {
  const digits = Math.abs(value).toFixed(decimals)
  if (Number(digits) === 0) return digits
  return `${value < 0 ? '−' : '+'}${digits}`
}
