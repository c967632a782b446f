import { integer, requireOptions } from '../check.js'
import { batchNorm, batchNormMaxPool2d } from './batchNorm.js'
import { convolution2d } from './imageLayers.js'
import { flatten, leakyRelu, linear, view } from './layers.js'
import { sequential } from './module.js'
import type { Network } from './network.js'
import { upsampledConvolutionTranspose2d } from './upsampledConvolution.js'

/** Options of {@link lenet}. */
export interface LenetOptions {
  /** Length of the code. Default 64, as published. */
  readonly code?: number | undefined
}

/**
 * The convolutional network of the paper's Fashion-MNIST experiments, for images of 28 × 28 pixels in [0, 1]: two
 * convolutions of 5 × 5, each with batch norm, leaky ReLU and max-pooling, and two linear layers; the decoder undoes them
 * with nearest-neighbour upsampling and transposed convolutions. No biases.
 *
 * Leaky ReLU comes after pooling here: both are increasing, so that their order makes no difference but to the cost.
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`.
 */
export function lenet(options: LenetOptions = {}): Network {
  const { code = 64 } = requireOptions('lenet', options, { code: integer(1) })
  return {
    name: 'lenet',
    title: `lenet 28×28-16-32-128-${code}`,
    sample: [1, 28, 28],
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
    decoder: sequential(
      linear('lin.0', 128),
      batchNorm('bn.0'),
      view('view', 8, 4, 4),
      leakyRelu(),
      upsampledConvolutionTranspose2d('deconv.0', 32, { scale: 2, size: 5, padding: 2 }),
      batchNorm('bn.1'),
      leakyRelu(),
      upsampledConvolutionTranspose2d('deconv.1', 16, { scale: 2, size: 5, padding: 3 }),
      batchNorm('bn.2'),
      leakyRelu(),
      upsampledConvolutionTranspose2d('rec', 1, { scale: 2, size: 5, padding: 2 }),
    ),
  }
}
