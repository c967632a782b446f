import { ancestors } from '../graph/ancestors.js'
import type { OpKind } from '../graph/op.js'
import type { Tensor } from '../graph/tensor.js'

/**
 * Bytes of activations that a worker may hold at once, as far as the choice of rows and replicas can see to it: forward, in
 * float32. A training step takes some five times as much in all, with its gradients and its optimiser.
 */
export const activationBudget = 32 * 2 ** 20

/** Operators whose results share their operand's memory, or stand for values given. */
const free: ReadonlySet<OpKind> = new Set(['input', 'variable', 'constant', 'reshape', 'customGradient'])

/**
 * Elements that the computation of `output` makes per sample and replica: of all tensors with another named size than
 * the replicas', each named size counted as one. Parameters and what depends on them alone are not among them; nor is
 * what a loop computes within an iteration.
 */
export function activationCount(output: Tensor): number {
  let total = 0
  for (const { op, outputs } of ancestors([output])) {
    if (free.has(op.kind)) continue
    for (const { shape } of outputs) {
      const sizes = shape.filter((dim) => typeof dim === 'number')
      if (shape.some((dim) => typeof dim === 'string' && dim !== 'R')) total += sizes.reduce((a, b) => a * b, 1)
    }
  }
  return total
}
