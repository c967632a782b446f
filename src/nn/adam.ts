import type { Operand } from '../graph/ops.js'
import { add, div, mul, sqrt, square, sub } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'

export interface AdamSettings {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Coupled L2 penalty: its gradient is added to the loss's before the moments, as PyTorch's Adam does. */
  readonly weightDecay: number
}

export const adamDefaults: AdamSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }

export interface AdamState {
  readonly parameters: Tensor
  readonly m: Tensor
  readonly v: Tensor
}

/**
 * One step of Adam (Kingma and Ba, 2015) on a flat parameter vector:
 * g ← g + λθ, m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − stepSize·m/(√v/correction + ε),
 * where stepSize = lr/(1−β₁ᵗ) and correction = √(1−β₂ᵗ) come from `adamCorrections`.
 */
export function adamStep(
  state: AdamState,
  gradient: Tensor,
  stepSize: Operand,
  correction: Operand,
  settings: AdamSettings,
): AdamState {
  const { beta1, beta2, epsilon, weightDecay } = settings
  const g = weightDecay === 0 ? gradient : add(gradient, mul(state.parameters, weightDecay))
  const m = add(mul(state.m, beta1), mul(g, 1 - beta1))
  const v = add(mul(state.v, beta2), mul(square(g), 1 - beta2))
  const update = div(mul(m, stepSize), add(div(sqrt(v), correction), epsilon))
  return { parameters: sub(state.parameters, update), m, v }
}
