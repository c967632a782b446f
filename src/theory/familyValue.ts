import { pow } from '../elementary.js'
import { normalCdf, normalQuantile } from '../special.js'
import { fallsToZero } from './solve.js'

/** z = Φ⁻¹((1 + level)/2). */
export function criticalValue(level: number): number {
  return -normalQuantile((1 - level) / 2)
}

const quadrature = 200
/** [node]: points of the middle of as many parts of (0, 1), mapped to the normal law. */
const nodes = Float64Array.from({ length: quadrature }, (_, i) => normalQuantile((i + 0.5) / quadrature))

/** Intervals that hold at once. */
export interface Family {
  readonly level: number
  readonly classes: number
  /** Of intervals, or of limits on one side. Default 2. */
  readonly sides?: 1 | 2 | undefined
}

/**
 * The value that the largest of |Z₁|, …, |Z_K| (on one side: of Z₁, …, Z_K) stays below with probability `level`, for standard
 * normal Z of which any two correlate by `shared`: Z_k = √shared·U + √(1 − shared)·E_k. {@link criticalValue} for one interval.
 * It is what the intervals of K classes take, whose draws share their thresholds.
 */
export function familyValue({ level, classes, sides = 2 }: Family, shared: number): number {
  const alone = (alpha: number) => criticalValue(1 - (2 / sides) * alpha)
  if (classes === 1) return alone(1 - level)
  const { common, own } = partsOf(shared)
  const outside = (z: number): number => {
    let inside = 0
    for (const node of nodes) {
      const u = common * node
      const below = sides === 2 ? normalCdf((-z - u) / own) : 0
      inside += pow(normalCdf((z - u) / own) - below, classes)
    }
    return level - inside / quadrature
  }
  return fallsToZero(outside, alone(1 - level) - 0.01, alone((1 - level) / classes) + 0.5)
}

/** √shared and √(1 − shared). */
function partsOf(shared: number): { readonly common: number; readonly own: number } {
  const common = Math.sqrt(Math.min(1, Math.max(0, shared)))
  return { common, own: Math.sqrt(Math.max(1e-6, 1 - common * common)) }
}

/** The probability of K events of one probability each, which are signs of normal variables that correlate by `shared`. */
export function allOf(probability: number, classes: number, shared: number): number {
  if (classes === 1 || !(probability > 0 && probability < 1)) return probability
  const { common, own } = partsOf(shared)
  const reach = normalQuantile(probability)
  return nodes.reduce((sum, node) => sum + pow(normalCdf((reach - common * node) / own), classes), 0) / quadrature
}

/** {@link familyValue} at even steps of `shared` from 0 to 1, to interpolate in; of the last that were asked for, at once. */
export function familyValues({ level, classes, sides = 2 }: Family): Float64Array {
  if (last.level !== level || last.classes !== classes || last.sides !== sides) {
    const steps = classes === 1 ? 1 : 16
    const values = Float64Array.from({ length: steps + 1 }, (_, i) => familyValue({ level, classes, sides }, i / steps))
    last = { level, classes, sides, values }
  }
  return last.values
}

let last = { level: Number.NaN, classes: 0, sides: 2, values: new Float64Array() }
