/** Random numbers: pure functions of seed, stream and replicate. */
export { type BetaOptions, beta } from '../random/beta.js'
export { type BinomialOptions, binomial } from '../random/binomial.js'
export { type HypergeometricOptions, hypergeometric } from '../random/hypergeometric.js'
export { type MultinomialOptions, multinomial } from '../random/multinomial.js'
export { type NormalOptions, normal } from '../random/normal.js'
export { permutation } from '../random/permutation.js'
export type { RandomStream } from '../random/stream.js'
export { type UniformOptions, uniform } from '../random/uniform.js'
