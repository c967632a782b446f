import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { mlp } from '../../src/nn/mlp.js'
import { blockSize, bytesPerReplica, runBlocks } from '../../src/study/trainer/runBlocks.js'

const settings = { batchSize: 128 }

describe('the size of a block', () => {
  it('is 16 for a small network and many runs', () => {
    assert.equal(blockSize({ network: mlp(36), settings }, 200, 2), 16)
  })

  it('leaves no worker without a block', () => {
    const size = (nRuns: number, workers: number) => blockSize({ network: mlp(36), settings }, 2 * nRuns, workers)
    assert.deepEqual([size(5, 2), size(5, 4), size(5, 10), size(1, 64), size(100, 64)], [5, 3, 1, 1, 4])
    for (const [nRuns, workers] of [
      [5, 2],
      [5, 3],
      [7, 4],
      [10, 20],
      [3, 6],
    ] as const) {
      const nBlocks = 2 * runBlocks(Array(nRuns).fill(0), size(nRuns, workers), () => 1).length
      assert.ok(nBlocks >= Math.min(workers, 2 * nRuns), `${nRuns} runs, ${workers} workers: ${nBlocks} blocks`)
    }
  })

  it('falls with what the network computes per sample, to one where a replica alone is over the budget', () => {
    const size = (hidden: number[], batchSize = 128) =>
      blockSize({ network: mlp(784, { hidden }), settings: { batchSize } }, 200, 1)
    const sizes = [size([32]), size([128, 64]), size([256, 128]), size([2048, 1024])]
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => b - a),
    )
    assert.equal(sizes[0], 16)
    assert.equal(sizes.at(-1), 1)
    assert.ok(size([256, 128], 1024) < size([256, 128], 128))
    // 32 MiB, counted again.
    const each = bytesPerReplica(mlp(784, { hidden: [256, 128] }), 128)
    assert.equal(sizes[2], Math.floor((32 * 2 ** 20) / each))
  })

  it('counts each activation and parameter once: a linear autoencoder has code and reconstruction', () => {
    // 3 codes and 7 outputs a sample; 2·21 weights, each with gradient and two moments.
    assert.equal(bytesPerReplica(mlp(7, { hidden: [], code: 3 }), 10), 4 * (10 * (3 + 7) + 4 * 42))
  })
})

describe('blocks of runs', () => {
  it('hold every run once, at most `size` of one training-set size each, and differ by at most one', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 16 }), (runs, size) => {
        const blocks = runBlocks(runs, size, (own) => own)
        assert.deepEqual(
          blocks.flat().sort((a, b) => a - b),
          runs.map((_, i) => i),
        )
        for (const key of new Set(runs)) {
          const lengths = blocks.filter(([i = 0]) => runs[i] === key).map((block) => block.length)
          assert.equal(lengths.length, Math.ceil(runs.filter((own) => own === key).length / size))
          assert.ok(Math.max(...lengths) <= size && Math.max(...lengths) - Math.min(...lengths) <= 1)
        }
        for (const block of blocks) assert.equal(new Set(block.map((i) => runs[i])).size, 1)
      }),
    )
  })
})
