/** The smallest and the largest of at least one feature. One pass. */
export function featureRange(features: Float32Array | Float64Array): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of features) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}

/** Whether all features are in [0, 1]: what a sigmoid can reproduce. */
export function isInUnitInterval(features: Float32Array): boolean {
  return features.every((value) => value >= 0 && value <= 1)
}
