import { createHash } from 'node:crypto'
import { gradients } from '../graph/grad.js'
import { printInFull } from '../graph/print.js'
import type { Shape } from '../graph/tensor.js'
import type { Module } from './module.js'
import { type Network, requireNetwork } from './network.js'
import { applied } from './parameters.js'

/**
 * SHA-256, in hexadecimal, of what a network computes: the printed graphs of its encoder and its decoder, in evaluation and
 * in training, gradients included and constants in full, and how its parameters start; its name and title are not in it.
 * Equal structures have equal digests in every process; networks that differ in a width, a slope or an epsilon do not.
 *
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `SHAPE_MISMATCH` where layers do not fit, `NOT_DIFFERENTIABLE`.
 */
export function networkDigest(network: Network): string {
  const { encoder, decoder, sample } = requireNetwork(network)
  const hash = createHash('sha256')
  const code = describe(encoder, sample, hash)
  describe(decoder, code, hash)
  return hash.digest('hex')
}

/** Adds a module's description to the hash, and returns the shape of what it gives for a sample. */
function describe(module: Module, sample: Shape, hash: ReturnType<typeof createHash>): Shape {
  const evaluated = applied(module, sample, 'evaluate')
  const trained = applied(module, sample, 'train')
  const observed = [...trained.observed].flatMap(([name, { mean, variance }]) => [
    [`mean ${name}`, mean],
    [`variance ${name}`, variance],
  ])
  const results = {
    output: trained.output,
    ...Object.fromEntries(observed),
    ...Object.fromEntries(gradients(trained.output, trained.inputs).entries()),
  }
  const { parameters, statistics, output } = evaluated
  hash.update(JSON.stringify({ parameters, statistics }))
  hash.update(printInFull({ output }))
  hash.update(printInFull(results))
  return output.shape.slice(2)
}
