/**
 * A constant that nobody can change: lists and records in it are frozen too, but for typed arrays, which nothing can freeze.
 * What it returns is what it was given.
 */
export function frozen<const T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  Object.freeze(value)
  for (const own of Object.values(value)) frozen(own)
  return value
}
