/** How many samples of each class. */
export interface SampleSizes {
  readonly nNormal: number
  readonly nAnomalous: number
}

/**
 * A guarantee |ξ̂ − ξ| ≤ ε with probability 1 − δ, as a function of n = n₀ + n₁ samples of which a fraction α are
 * anomalies. `epsilon` falls as n or δ grows.
 */
export interface Bound {
  epsilon(n: number, delta: number): number
  /** The least real n, where there is a formula for it. */
  readonly n?: (epsilon: number, delta: number) => number
}
