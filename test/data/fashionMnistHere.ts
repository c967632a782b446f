import { findFashionMnist } from '../../src/data/sets/fashionMnist/fashionMnistFiles.js'

/** Where the real Fashion-MNIST is on this machine. */
export const folder = findFashionMnist()

/** Why tests on the real data are skipped; false where they run, or must fail because the data were promised. */
export const skip =
  folder === undefined && process.env.REQUIRE_FASHION_MNIST !== '1'
    ? 'Fashion-MNIST is not on this machine; `apt-get install dataset-fashion-mnist` brings it'
    : false
