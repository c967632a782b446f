import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { ParameterSpec } from '../../src/nn/parameters.js'

const summary = z.object({ sum: z.number(), norm: z.optional(z.number()), head: z.array(z.number()) })
const goldenRun = z.object({
  objective: z.enum(['svdd', 'sad', 'hsc', 'ae', 'sae', 'abc', 'classifier', 'devnet', 'prenet']),
  inputShape: z.array(z.number()),
  samples: z.number(),
  batch: z.number(),
  steps: z.number(),
  lr: z.number(),
  weightDecay: z.number(),
  center: z.number().nullable(),
  /** Of DevNet's reference scores. */
  reference: z.optional(z.object({ mean: z.number(), sd: z.number() })),
  /** `fanIn` is the scale in the formula of the starting values; PyTorch itself starts biases differently. */
  parameters: z.array(z.object({ name: z.string(), shape: z.array(z.number()), fanIn: z.number() })),
  losses: z.array(z.number()),
  firstStepGradients: z.record(z.string(), summary),
  finalParameters: z.record(z.string(), summary),
  finalRunningStats: z.record(z.string(), summary),
  evalScores: z.array(z.number()),
})

/** A reference training run: PyTorch in float64, from parameters and data that formulas define. */
export type GoldenRun = z.infer<typeof goldenRun>
export type Summary = z.infer<typeof summary>

export function readGolden(name: string): GoldenRun {
  return goldenRun.parse(JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8')))
}

/** Elements of parameter number t in PyTorch's layout. */
export function goldenParameter(t: number, size: number, fanIn: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.sin(1 + 0.7 * i + 1.3 * t) / Math.sqrt(fanIn))
}

/** Features of all samples, [samples, size]. */
export function goldenData({ samples, inputShape }: GoldenRun): number[] {
  const size = inputShape.reduce((a, b) => a * b, 1)
  return Array.from({ length: samples * size }, (_, k) => {
    const n = Math.floor(k / size)
    return 0.5 + 0.5 * Math.sin(0.9 * n + 0.31 * (k % size) * (1 + (n % 7)))
  })
}

/** Rows of the batch of step s. */
export function goldenBatch({ samples, batch }: GoldenRun, s: number): number[] {
  return Array.from({ length: batch }, (_, b) => (s * batch + 3 * b) % samples)
}

/**
 * The shape that PyTorch gives a parameter of ours: matrices are [in, out] here and [out, in] there, all others are
 * laid out alike.
 */
export function shapeInPyTorch(shape: readonly number[]): readonly number[] {
  return shape.length === 2 ? shape.toReversed() : shape
}

/** Elements in our layout, of a parameter of `spec` in PyTorch's. */
export function fromPyTorch(elements: ArrayLike<number>, { shape }: ParameterSpec): number[] {
  return shape.length === 2 ? transposed(elements, shape[1] ?? 1) : Array.from(elements)
}

/** Elements in PyTorch's layout, of a parameter of `spec` in ours. */
export function toPyTorch(elements: ArrayLike<number>, { shape }: ParameterSpec): number[] {
  return shape.length === 2 ? transposed(elements, shape[0] ?? 1) : Array.from(elements)
}

function transposed(elements: ArrayLike<number>, rows: number): number[] {
  const columns = elements.length / rows
  return Array.from(
    { length: elements.length },
    (_, k) => elements[(k % rows) * columns + Math.floor(k / rows)] ?? Number.NaN,
  )
}

export function summarise(elements: readonly number[]): { sum: number; norm: number; head: number[] } {
  return {
    sum: elements.reduce((a, b) => a + b, 0),
    norm: Math.sqrt(elements.reduce((a, b) => a + b * b, 0)),
    head: elements.slice(0, 4),
  }
}
