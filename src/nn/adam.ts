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

export interface AdamState {
  readonly parameters: Tensor
  readonly m: Tensor
  readonly v: Tensor
}

/** What of a step of Adam depends on its number alone. */
export interface AdamStep {
  /** lr·√(1−β₂ᵗ)/(1−β₁ᵗ). */
  readonly rate: Tensor
  /** ε·√(1−β₂ᵗ). */
  readonly epsilon: Tensor
}

/** For steps t (integers, from 1), computed in float64: 1 − 0.999 has lost half its digits in float32. */
export function adamSteps(t: Tensor, learningRate: Tensor, { beta1, beta2, epsilon }: AdamSettings): AdamStep {
  const { dtype } = learningRate
  const decayed = (beta: number) => sub(1, pow(beta, cast(t, 'float64')))
  const correction = sqrt(decayed(beta2))
  const rate = div(mul(cast(learningRate, 'float64'), correction), decayed(beta1))
  return { rate: cast(rate, dtype), epsilon: cast(mul(correction, epsilon), dtype) }
}

/**
 * One step of Adam (Kingma and Ba, 2015) on a flat parameter vector, in the form of the end of their Section 2:
 * g ← g + λθ, m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − rate·m/(√v + ε̂).
 */
export function adamStep(
  state: AdamState,
  gradient: Tensor,
  { rate, epsilon }: AdamStep,
  { beta1, beta2, weightDecay }: AdamSettings,
): AdamState {
  const g = weightDecay === 0 ? gradient : add(gradient, mul(state.parameters, weightDecay))
  const m = add(mul(state.m, beta1), mul(g, 1 - beta1))
  const v = add(mul(state.v, beta2), mul(square(g), 1 - beta2))
  return { parameters: sub(state.parameters, div(mul(m, rate), add(sqrt(v), epsilon))), m, v }
}
