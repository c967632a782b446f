import { normalDensity, normalQuantile } from '../special.js'

/**
 * The slope of the binormal ROC curve with equal variances through (fpr, tpr): with Gaussian scores whose means lie μ
 * apart, TPR = Φ(μ + Φ⁻¹(FPR)) and the slope is φ(Φ⁻¹(tpr))/φ(Φ⁻¹(fpr)). The guess where nothing else is known.
 */
export function binormalSlope(fpr: number, tpr: number): number {
  return normalDensity(normalQuantile(tpr)) / normalDensity(normalQuantile(fpr))
}
