import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { customGradient } from '../../src/graph/customGradient.js'
import * as ops from '../../src/graph/ops.js'
import { batchNorm } from '../../src/nn/batchNorm.js'
import { linear } from '../../src/nn/layers.js'
import { lenet } from '../../src/nn/lenet.js'
import { lstmNet } from '../../src/nn/lstmNet.js'
import { mlp } from '../../src/nn/mlp.js'
import { type Module, sequential } from '../../src/nn/module.js'
import type { Network } from '../../src/nn/network.js'
import { networkDigest } from '../../src/nn/networkDigest.js'
import { sourceFlags, sourceUrl } from '../sources.js'

/** A network of one's own, its encoder ending in a module that the test is about. */
function own(last: Module, title = 'mine'): Network {
  const encoder = sequential(linear('lin', 4), last)
  return { name: 'mine', title, sample: [6], encoder, decoder: linear('rec', 6) }
}

const different: Readonly<Record<string, () => Network>> = {
  mlp: () => mlp(6),
  'another number of features': () => mlp(7),
  'another width': () => mlp(6, { hidden: [32, 15] }),
  'another code': () => mlp(6, { code: 7 }),
  'another slope': () => mlp(6, { leakySlope: 0.02 }),
  'another epsilon': () => mlp(6, { batchNormEpsilon: 1e-3 }),
  lenet: () => lenet(),
  'a shorter code of lenet': () => lenet({ code: 63 }),
  lstm: () => lstmNet([5, 4]),
  'longer sequences': () => lstmNet([6, 4]),
  'another layer': () => lstmNet([5, 4], { layers: [64] }),
  'one’s own': () => own((x) => x),
  'a decoder with bias': () => ({ ...own((x) => x), decoder: linear('rec', 6, { bias: true }) }),
  'a constant': () => own((x) => ops.add(x, 1)),
  'another constant': () => own((x) => ops.add(x, 2)),
  'a constant 0': () => own((x) => ops.mul(x, 0)),
  'a constant −0': () => own((x) => ops.mul(x, -0)),
  weights: () => own((x) => ops.add(x, ops.constant(Float32Array.of(1, 2, 3, 4), 'float32', [4]))),
  'other weights': () => own((x) => ops.add(x, ops.constant(Float32Array.of(1, 2, 3, 5), 'float32', [4]))),
  'another start': () => own((x, frame) => ops.mul(x, ops.reshape(frame.parameter('p', [1], 1), ['R', 1, 1]))),
  'yet another start': () => own((x, frame) => ops.mul(x, ops.reshape(frame.parameter('p', [1], 4), ['R', 1, 1]))),
  'training only': () => own((x, frame) => (frame.mode === 'train' ? ops.tanh(x) : x)),
  'another gradient': () => own((x) => customGradient([x], [x], (_x, _y, [g]) => [g && ops.mul(g, 2)])[0]),
  'yet another gradient': () => own((x) => customGradient([x], [x], (_x, _y, [g]) => [g && ops.mul(g, 3)])[0]),
  'statistics by another name': () => own(batchNorm('bn')),
  'statistics by yet another name': () => own(batchNorm('norm')),
}

describe('the digest of a network', () => {
  const digests = Object.entries(different).map(([what, make]) => [what, networkDigest(make())] as const)

  it('differs wherever networks do', () => {
    const seen = new Map<string, string>()
    for (const [what, digest] of digests) {
      assert.match(digest, /^[0-9a-f]{64}$/)
      assert.equal(seen.get(digest), undefined, what)
      seen.set(digest, what)
    }
  })

  it('is the same for what is made again, in another order and under another title', () => {
    for (const [what, digest] of digests.toReversed())
      assert.equal(networkDigest(different[what]?.() ?? assert.fail()), digest, what)
    assert.equal(networkDigest(own((x) => x, 'yours')), networkDigest(own((x) => x)))
  })

  it('is the same in another process', () => {
    const url = (path: string) => JSON.stringify(sourceUrl(`nn/${path}`))
    const { stdout, stderr } = spawnSync(process.execPath, [...sourceFlags, '--input-type=module'], {
      encoding: 'utf8',
      input: `import { mlp } from ${url('mlp')}
import { lenet } from ${url('lenet')}
import { lstmNet } from ${url('lstmNet')}
import { networkDigest } from ${url('networkDigest')}
console.log([lstmNet([5, 4]), lenet(), mlp(6)].map(networkDigest).join())`,
    })
    const [a, b, c] = [lstmNet([5, 4]), lenet(), mlp(6)].map(networkDigest)
    assert.equal(stdout, `${a},${b},${c}\n`, stderr)
  })

  it('refuses what is no network', () => {
    const network = own((x) => x)
    const wrong: readonly [unknown, string, RegExp][] = [
      ['mlp', 'WRONG_TYPE', /network must be an object/],
      [{ ...network, decoder: undefined }, 'WRONG_TYPE', /network\.decoder must be a function/],
      [{ ...network, sample: 6 }, 'WRONG_TYPE', /sample must be an array/],
      [{ ...network, sample: [6n] }, 'WRONG_TYPE', /sample\[0\]/],
      [{ ...network, sample: [0] }, 'OUT_OF_RANGE', /sample\[0\]/],
      [{ ...network, encoder: () => 1 }, 'WRONG_TYPE', /what a module gives/],
      [own(linear('lin', 3)), 'OUT_OF_RANGE', /two layers ask for parameters 'lin\.weight'/],
      [own(sequential(batchNorm('bn'), batchNorm('bn'))), 'OUT_OF_RANGE', /two layers ask for statistics 'bn'/],
    ]
    for (const [value, code, message] of wrong) assert.throws(() => networkDigest(value as Network), { code, message })
  })
})
