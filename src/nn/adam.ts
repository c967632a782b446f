import { add, cast, div, mul, pow, sqrt, square, sub } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'

export interface AdamSettings {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Coupled L2 penalty: its gradient is added to the loss's before the moments, as PyTorch's Adam does. */
  readonly weightDecay: number
}

export const adamDefaults: AdamSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }

/** Moments as sums rather than means: Adam's m divided by 1−β₁, and v by 1−β₂, which spares two passes over them. */
export interface AdamState {
  readonly parameters: Tensor
  readonly m: Tensor
  readonly v: Tensor
}

/**
 * What of steps t (integers, from 1) depends on their number alone: `rate` lr·(1−β₁)/(1−β₁ᵗ)·√((1−β₂ᵗ)/(1−β₂)) and
 * `epsilon` ε·√((1−β₂ᵗ)/(1−β₂)), computed in float64: 1 − 0.999 has lost half its digits in float32.
 */
export function adamSteps(t: Tensor, learningRate: Tensor, { beta1, beta2, epsilon }: AdamSettings) {
  const { dtype } = learningRate
  const decayed = (beta: number) => div(sub(1, pow(beta, cast(t, 'float64'))), 1 - beta)
  const correction = sqrt(decayed(beta2))
  const rate = div(mul(cast(learningRate, 'float64'), correction), decayed(beta1))
  return { rate: cast(rate, dtype), epsilon: cast(mul(correction, epsilon), dtype) }
}

/**
 * One step of Adam (Kingma and Ba, 2015) on a flat parameter vector, in the form of the end of their Section 2:
 * g ← g + λθ, m ← β₁m + g, v ← β₂v + g², θ ← θ − rate·m/(√v + ε̂).
 */
export function adamStep(
  state: AdamState,
  gradient: Tensor,
  { rate, epsilon }: ReturnType<typeof adamSteps>,
  { beta1, beta2, weightDecay }: AdamSettings,
): AdamState {
  const g = weightDecay === 0 ? gradient : add(gradient, mul(state.parameters, weightDecay))
  const m = add(mul(state.m, beta1), g)
  const v = add(mul(state.v, beta2), square(g))
  return { parameters: sub(state.parameters, div(mul(m, rate), add(sqrt(v), epsilon))), m, v }
}
