/** Layers and networks: what detectors are made of. */
export { batchNorm, batchNormMaxPool2d } from './batchNorm.js'
export { type ConvolutionOptions, convolution2d, convolutionTranspose2d } from './convolution.js'
export { flatten, leakyRelu, linear, sigmoid, view } from './layers.js'
export { type LenetOptions, lenet } from './lenet.js'
export { type MlpOptions, mlp } from './mlp.js'
export { type Frame, type Module, named, sequential } from './module.js'
export type { Network } from './network.js'
export { maxPool2d, upsample2d } from './pooling.js'
