import { requireBetween } from '../check.js'
import { constant, greaterOrEqual, mul, reshape, where } from '../graph/ops.js'
import { requireLayer } from './layers.js'
import type { Module } from './module.js'
import { elements } from './parameters.js'

/**
 * Dropout (Srivastava et al., 2014), for activations of any shape: in training each is 0 with probability `rate`, in (0, 1), and else divided by 1 − rate;
 * in evaluation they are left as they are. Which ones are dropped is a pure function of the seed, the run, the step of training and the place in the
 * batch: no result depends on how many replicas train side by side, or where. A step draws as many numbers as a batch has activations here, on the
 * CPU. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`; once applied, `SHAPE_MISMATCH`.
 */
export function dropout(name: string, rate: number): Module {
  requireLayer(name)
  requireBetween(`rate of layer '${name}'`, rate, 0, 1)
  return (x, frame) => {
    const sample = x.shape.slice(2).map(Number)
    const uniforms = frame.uniforms?.(name, elements(sample))
    if (uniforms === undefined) return x
    const kept = greaterOrEqual(reshape(uniforms, x.shape), constant(rate, x.dtype))
    return mul(x, where(kept, constant(1 / (1 - rate), x.dtype), constant(0, x.dtype)))
  }
}
