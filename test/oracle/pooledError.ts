/**
 * The standard error of the difference of two means of n₁ and n₂ runs that follow one law: s·√(1/n₁ + 1/n₂) with the
 * pooled variance s² = ((n₁−1)s₁² + (n₂−1)s₂²)/(n₁+n₂−2), which knows more of the law's tails than a few runs do.
 */
export function pooledError(sd1: number, n1: number, sd2: number, n2: number): number {
  const variance = ((n1 - 1) * sd1 ** 2 + (n2 - 1) * sd2 ** 2) / (n1 + n2 - 2)
  return Math.sqrt(variance * (1 / n1 + 1 / n2))
}
