import { type Check, halfOpen, integer } from '../check.js'
import type { Gradient } from './customGradient.js'
import type { DType, Scope, Shape, Tensor } from './tensor.js'

/** Elementwise operators of one operand. */
export type UnaryKind = 'neg' | 'exp' | 'log' | 'sqrt' | 'sigmoid' | 'tanh'
/** Elementwise operators of two operands, with broadcasting. */
export type BinaryKind = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum'
/** Comparisons, with broadcasting; their result is a bool. */
export type ComparisonKind = 'greater' | 'greaterOrEqual'

/**
 * Every operator that a graph can hold. What is keyed by `kind` must be complete to compile: the derivative (`grad.ts`),
 * the printed form (`print.ts`), the ONNX emission (`../onnx/operatorNodes.ts`), and the cases that test all three.
 */
export type Op =
  /** A value given when the graph runs. */
  | { readonly kind: 'input'; readonly name: string }
  /** A variable of a loop body: the state or the slice of one iteration. */
  | { readonly kind: 'variable' }
  /** Weights come as typed arrays, which are not compared: two equal ones are two constants. */
  | { readonly kind: 'constant'; readonly data: readonly number[] | Float32Array }
  | { readonly kind: UnaryKind }
  | { readonly kind: BinaryKind }
  | { readonly kind: ComparisonKind }
  /** max(x, slope·x), 0 ≤ slope < 1. */
  | { readonly kind: 'leakyRelu'; readonly slope: number }
  /** x, but at least `low` and at most `high`. */
  | { readonly kind: 'clip'; readonly low: number; readonly high: number }
  /** inputs (condition, a, b). */
  | { readonly kind: 'where' }
  | { readonly kind: 'cast'; readonly to: DType }
  /** [..., m, k] × [..., k, n], leading axes broadcast. */
  | { readonly kind: 'matmul' }
  | { readonly kind: 'transpose'; readonly permutation: readonly number[] }
  | { readonly kind: 'reshape'; readonly shape: Shape }
  /** inputs (x, like): x broadcast to the shape of `like`. */
  | { readonly kind: 'expandAs' }
  | { readonly kind: 'sum'; readonly axes: readonly number[]; readonly keepAxes: boolean }
  /** inputs (table, indices): rows of the first axis; negative indices count from its end. */
  | { readonly kind: 'gather' }
  | { readonly kind: 'split'; readonly axis: number; readonly sizes: readonly number[] }
  | { readonly kind: 'concat'; readonly axis: number }
  /** inputs (x, positions): elements of x at row-major positions. */
  | { readonly kind: 'take' }
  /** inputs (x, positions, updates): x with the updates added at row-major positions. */
  | { readonly kind: 'scatterAdd' }
  /** inputs (x, w): cross-correlation of images [C, H, W, n] with filters [O, C, k, l]. */
  | { readonly kind: 'conv2d'; readonly padding: number }
  /** inputs (x, w): the adjoint of `conv2d` in its images. */
  | { readonly kind: 'convTranspose2d'; readonly padding: number }
  /** inputs (x, g): the adjoint of `conv2d` in its filters. */
  | { readonly kind: 'conv2dFilters'; readonly padding: number }
  /** inputs (x…, y…): outputs are the y, with a derivative to the x that is stated instead of derived. */
  | { readonly kind: 'customGradient'; readonly nInputs: number; readonly gradient: Gradient }
  /** inputs (initial states…, sequences…, captured values…); outputs (final states…, stacked outputs…). */
  | { readonly kind: 'scan'; readonly body: ScanBody; readonly reverse: boolean }

/** The slope of a leaky ReLU. */
export const leakySlope = halfOpen(0, 1)

/** How often anything is repeated at most, each time with an operand of its own; further than any image or sequence reaches. */
const mostRepeats = 2 ** 16

/** How often to repeat, pad or step: an integer from `least` to 65,536. */
export function repeats(least: number): Check {
  return integer(least, mostRepeats)
}

export type OpKind = Op['kind']
export type OpOf<K extends OpKind> = Extract<Op, { kind: K }>

/** One iteration of a scan: variables in, next states and the iteration's outputs out. */
export interface ScanBody {
  readonly scope: Scope
  readonly states: readonly Tensor[]
  readonly slices: readonly Tensor[]
  readonly nextStates: readonly Tensor[]
  readonly outputs: readonly Tensor[]
  /** Size of the scanned (first) axis of the sequences. */
  readonly length: number | string
}
