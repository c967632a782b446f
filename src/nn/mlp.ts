import { between, integer, list, type OptionChecks, requireInteger, requireOptions } from '../check.js'
import { leakySlope } from '../graph/op.js'
import { batchNorm } from './batchNorm.js'
import { leakyRelu, linear } from './layers.js'
import { type Module, sequential } from './module.js'
import type { Network } from './network.js'

/** Options of {@link mlp}. */
export interface MlpOptions {
  /** Units of the hidden layers, from the input on. Default [32, 16], as published. */
  readonly hidden?: readonly number[] | undefined
  /** Length of the code. Default 8, as published. */
  readonly code?: number | undefined
  /** Default 1e-4, as published. */
  readonly batchNormEpsilon?: number | undefined
  /** Of the leaky ReLU, in [0, 1). Default 0.01, as published. */
  readonly leakySlope?: number | undefined
}

const published = { hidden: [32, 16], code: 8, batchNormEpsilon: 1e-4, leakySlope: 0.01 } as const

const checks: OptionChecks<MlpOptions> = {
  hidden: list(integer(1)),
  code: integer(1),
  batchNormEpsilon: between(0, 1),
  leakySlope,
}

/**
 * The multilayer perceptron of the paper's synthetic and StatLog experiments: d → 32 → 16 → 8 and back, without
 * biases, each hidden layer followed by batch norm and leaky ReLU. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`.
 */
export function mlp(nFeatures: number, options: MlpOptions = {}): Network {
  const {
    hidden = published.hidden,
    code = published.code,
    batchNormEpsilon = published.batchNormEpsilon,
    leakySlope: slope = published.leakySlope,
  } = requireOptions('mlp', options, checks)
  requireInteger('nFeatures', nFeatures, 1)
  const block = (units: number, i: number): Module =>
    sequential(linear(`lin.${i}`, units), batchNorm(`bn.${i}`, batchNormEpsilon), leakyRelu(slope))
  return {
    name: 'mlp',
    title: [
      `mlp ${[nFeatures, ...hidden, code].join('-')}`,
      ...(batchNormEpsilon === published.batchNormEpsilon ? [] : [`batch norm epsilon ${batchNormEpsilon}`]),
      ...(slope === published.leakySlope ? [] : [`leaky slope ${slope}`]),
    ].join(', '),
    sample: [nFeatures],
    encoder: sequential(...hidden.map(block), linear('code', code)),
    decoder: sequential(...hidden.toReversed().map(block), linear('rec', nFeatures)),
  }
}

const titles = /^mlp \d+(?:-([\d-]+))?-(\d+)(?:, batch norm epsilon ([\d.e+-]+))?(?:, leaky slope ([\d.e+-]+))?$/

/** The options of the {@link mlp} with a title, those of its layers that it names; undefined where it is that of no such network. */
export function mlpOptions(title: string): MlpOptions | undefined {
  const found = titles.exec(title)
  if (found === null) return undefined
  const [, hidden, code, epsilon, slope] = found
  return {
    hidden: hidden === undefined ? [] : hidden.split('-').map(Number),
    code: Number(code),
    ...(epsilon !== undefined && { batchNormEpsilon: Number(epsilon) }),
    ...(slope !== undefined && { leakySlope: Number(slope) }),
  }
}
