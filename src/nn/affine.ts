import { add, mul } from '../graph/ops.js'
import { batchNorm } from './batchNorm.js'
import { requireLayer } from './layers.js'
import { type Module, sequential } from './module.js'
import { featureCount, perFeature } from './perFeature.js'

/**
 * γ∘x + β for each feature of vectors [R, B, F] and sequences [R, B, T, F], or channel of images [R, B, C, H, W]. The parameters are `name.weight`
 * (γ, which starts at 1) and `name.bias` (β, which starts at 0), as PyTorch's batch norm. Errors: `WRONG_TYPE`; once applied, `SHAPE_MISMATCH`.
 */
export function affine(name: string): Module {
  requireLayer(name)
  return (x, frame) => {
    const size = featureCount(name, x)
    const own = (what: string, start: number) => perFeature(frame.parameter(`${name}.${what}`, [size], size, start), x)
    return add(mul(x, own('weight', 1)), own('bias', 0))
  }
}

/**
 * Batch norm with affine parameters, as PyTorch's BatchNorm1d and BatchNorm2d: γ∘(x − μ)/√(σ² + ε) + β, `batchNorm` followed by `affine` of the same
 * name. Default ε 1e-4, as of `batchNorm`. Errors: those of both.
 */
export function batchNormAffine(name: string, epsilon = 1e-4): Module {
  return sequential(batchNorm(name, epsilon), affine(name))
}
