import { normalCdf, normalQuantile } from '../special.js'
import { fallsToZero } from './solve.js'

/** z = Φ⁻¹((1 + level)/2). */
export function criticalValue(level: number): number {
  return -normalQuantile((1 - level) / 2)
}

const quadrature = 200
/** [node]: points of the middle of as many parts of (0, 1), mapped to the normal law. */
const nodes = Float64Array.from({ length: quadrature }, (_, i) => normalQuantile((i + 0.5) / quadrature))

/**
 * The value that the largest of |Z₁|, …, |Z_K| stays below with probability `level`, for standard normal Z of which any two
 * correlate by `shared`: Z_k = √shared·U + √(1 − shared)·E_k. {@link criticalValue} for one. It is what the intervals of K
 * classes take, whose draws share their thresholds.
 */
export function familyValue(level: number, classes: number, shared: number): number {
  if (classes === 1) return criticalValue(level)
  const common = Math.sqrt(Math.min(1, Math.max(0, shared)))
  const own = Math.sqrt(Math.max(1e-6, 1 - common * common))
  const outside = (z: number): number => {
    let inside = 0
    for (const node of nodes) {
      const u = common * node
      inside += (normalCdf((z - u) / own) - normalCdf((-z - u) / own)) ** classes
    }
    return level - inside / quadrature
  }
  return fallsToZero(outside, criticalValue(level) - 0.01, criticalValue(1 - (1 - level) / classes) + 0.5)
}

/** {@link familyValue} at even steps of `shared` from 0 to 1, to interpolate in; of the last that were asked for, at once. */
export function familyValues(level: number, classes: number): Float64Array {
  if (last.level !== level || last.classes !== classes) {
    const steps = classes === 1 ? 1 : 16
    const values = Float64Array.from({ length: steps + 1 }, (_, i) => familyValue(level, classes, i / steps))
    last = { level, classes, values }
  }
  return last.values
}

let last = { level: Number.NaN, classes: 0, values: new Float64Array() }
