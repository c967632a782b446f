/** A value as a Vega expression, in whose strings two line ends must not stand that JSON allows. */
export function vegaLiteral(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}
