import { integer, list, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { showShape } from '../graph/tensor.js'
import { batchNorm, batchNormMaxPool2d } from './batchNorm.js'
import { crop2d } from './crop.js'
import { convolution2d } from './imageLayers.js'
import { flatten, leakyRelu, linear, view } from './layers.js'
import { type Module, sequential } from './module.js'
import type { Network } from './network.js'
import { upsampledConvolutionTranspose2d } from './upsampledConvolution.js'

/** Options of {@link lenet}. */
export interface LenetOptions {
  /** Length of the code. Default 64, as published. */
  readonly code?: number | undefined
  /** Shape of an image, at least 4 pixels high and wide. Default [1, 28, 28], as published. */
  readonly sample?: readonly [channels: number, height: number, width: number] | undefined
}

/** The least height and width of images that are pooled twice by 2 × 2. */
export const leastPixels = 4

/**
 * The convolutional network of the paper's Fashion-MNIST experiments, for images of 28 × 28 pixels in [0, 1]: two
 * convolutions of 5 × 5, each with batch norm, leaky ReLU and max-pooling, and two linear layers; the decoder undoes them
 * with nearest-neighbour upsampling and transposed convolutions. No biases.
 *
 * Images of other sizes have the same layers. Pooling leaves out an odd row or column; the decoder starts from ⌈h/8⌉ × ⌈w/8⌉ pixels
 * of 8 channels (4 × 4 for 28 × 28), and what its doubling makes too many is cut off at ⌈h/2⌉ × ⌈w/2⌉ and at the end.
 *
 * Leaky ReLU comes after pooling here: both are increasing, so that their order makes no difference but to the cost.
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`, also for images below 4 × 4.
 */
export function lenet(options: LenetOptions = {}): Network {
  const checks = { code: integer(1), sample: list(integer(1)) }
  const { code = 64, sample = [1, 28, 28] as const } = requireOptions<LenetOptions>('lenet', options, checks)
  const [channels, height, width] = sample
  if (sample.length !== 3 || height < leastPixels || width < leastPixels) {
    const what = `images [channels, height, width] of at least ${leastPixels} × ${leastPixels} pixels`
    throw new ScoringBiasError('OUT_OF_RANGE', `sample of lenet must be that of ${what}, got ${showShape(sample)}`)
  }
  return {
    name: 'lenet',
    title: `lenet ${channels === 1 ? '' : `${channels}×`}${height}×${width}-16-32-128-${code}`,
    sample,
    encoder: sequential(
      convolution2d('conv.0', 16, { size: 5, padding: 2 }),
      batchNormMaxPool2d('bn.0', 2),
      leakyRelu(),
      convolution2d('conv.1', 32, { size: 5, padding: 2 }),
      batchNormMaxPool2d('bn.1', 2),
      leakyRelu(),
      flatten('flatten'),
      linear('lin.0', 128),
      batchNorm('bn.2'),
      leakyRelu(),
      linear('code', code),
    ),
    decoder: decoder(channels, height, width),
  }
}

function decoder(channels: number, height: number, width: number): Module {
  const [startHeight, startWidth] = [Math.ceil(height / 8), Math.ceil(width / 8)]
  const [halfHeight, halfWidth] = [Math.ceil(height / 2), Math.ceil(width / 2)]
  // Rows and columns that are too many are cut off on both sides alike as far as both axes have them, as published.
  const excess = Math.min(4 * startHeight - halfHeight, 4 * startWidth - halfWidth)
  return sequential(
    linear('lin.0', 8 * startHeight * startWidth),
    batchNorm('bn.0'),
    view('view', 8, startHeight, startWidth),
    leakyRelu(),
    upsampledConvolutionTranspose2d('deconv.0', 32, { scale: 2, size: 5, padding: 2 }),
    batchNorm('bn.1'),
    leakyRelu(),
    upsampledConvolutionTranspose2d('deconv.1', 16, { scale: 2, size: 5, padding: 2 + Math.floor(excess / 2) }),
    crop2d('crop.0', halfHeight, halfWidth),
    batchNorm('bn.2'),
    leakyRelu(),
    upsampledConvolutionTranspose2d('rec', channels, { scale: 2, size: 5, padding: 2 }),
    crop2d('crop.1', height, width),
  )
}
