import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { classRows, type Dataset } from '../../src/data/core/dataset.js'
import { loadDataset } from '../../src/data/datasets.js'
import { channelVariates, fadingChannel } from '../../src/data/sets/spectrum/fading.js'
import {
  type SpectrumClass,
  simulateSpectrogram,
  spectrumClasses,
} from '../../src/data/sets/spectrum/spectrumSimulator.js'
import { makeSplit } from '../../src/data/splits/splits.js'
import { normal } from '../../src/random/normal.js'
import { classDistances } from '../../src/study/similarity.js'

const [nSteps, nBins] = [125, 128]

function simulated(name: SpectrumClass, index: number, seed = 0): Float32Array {
  const out = new Float32Array(nSteps * nBins)
  simulateSpectrogram(out, name, index, seed)
  return out
}

/** Mean over samples of a class and over the cells that `where` picks. */
function mean(name: SpectrumClass, n: number, where: (step: number, bin: number) => boolean): number {
  let sum = 0
  let count = 0
  for (let index = 0; index < n; index++) {
    simulated(name, index).forEach((level, i) => {
      if (!where(Math.floor(i / nBins), i % nBins)) return
      sum += level
      count++
    })
  }
  return sum / count
}

describe('a simulated spectrogram', () => {
  it('lies in [0, 1] and is a pure function of class, number and seed', () => {
    for (const name of spectrumClasses) {
      const one = simulated(name, 3)
      assert.ok(one.every((level) => level >= 0 && level <= 1))
      assert.deepEqual(simulated(name, 3), one)
      assert.notDeepEqual(simulated(name, 4), one)
      assert.notDeepEqual(simulated(name, 3, 1), one)
    }
    assert.notDeepEqual(simulated('NB-10ms', 0), simulated('NB-5ms', 0))
  })

  it('has its noise floor, 0 dB or one sixth, in the guard bands and the carrier above it', () => {
    const guard = mean('normal', 20, (_, bin) => bin < 14 || bin >= 114)
    // The mean of the log of a mean of eight exponential powers is the floor's but for the speckle's symmetric law.
    assert.ok(Math.abs(guard - 10 / 60) < 0.001, `${guard}`)
    assert.ok(mean('normal', 20, (_, bin) => bin >= 14 && bin < 114) > guard + 0.1)
  })

  it('is busy in bursts: neighbouring steps of a resource-block group agree more than distant ones', () => {
    let near = 0
    let far = 0
    for (let index = 0; index < 20; index++) {
      const one = simulated('normal', index)
      const at = (step: number) => one[step * nBins + 22] ?? 0
      for (let step = 0; step < nSteps - 40; step++) {
        near += (at(step) - at(step + 1)) ** 2
        far += (at(step) - at(step + 40)) ** 2
      }
    }
    assert.ok(far > 1.5 * near, `${near} and ${far}`)
  })

  /** Mean squared difference between steps `lag` apart in bin 86, where both narrow bands lie. */
  function difference(name: SpectrumClass, lag: number): number {
    let sum = 0
    for (let index = 0; index < 40; index++) {
      const one = simulated(name, index)
      const at = (step: number) => one[step * nBins + 86] ?? 0
      for (let step = 0; step < 100; step++) sum += (at(step) - at(step + lag)) ** 2 / 4000
    }
    return sum
  }

  it('of NB-10ms repeats every 10 ms, of NB-5ms every 5 ms, a normal one neither', () => {
    assert.ok(2 * difference('NB-10ms', 10) < difference('NB-10ms', 5))
    assert.ok(2 * difference('NB-10ms', 20) < difference('NB-10ms', 15))
    assert.ok(2 * difference('NB-5ms', 5) < difference('NB-5ms', 7))
    assert.ok(2 * difference('NB-5ms', 15) < difference('NB-5ms', 13))
    assert.ok(2 * difference('normal', 10) > difference('normal', 5))
  })

  it('of wideband interference fills the guard bands, with a line of sight more evenly', () => {
    const spread = (name: SpectrumClass) => {
      let sum = 0
      for (let index = 0; index < 20; index++) {
        const levels = simulated(name, index).filter((_, i) => i % nBins < 14)
        const middle = levels.reduce((a, b) => a + b, 0) / levels.length
        sum += levels.reduce((total, level) => total + (level - middle) ** 2, 0) / levels.length
      }
      return sum / 20
    }
    for (const name of ['WB-nlos', 'WB-los'] as const) assert.ok(mean(name, 20, (_, bin) => bin < 14) > 0.5)
    assert.ok(spread('WB-los') < spread('WB-nlos'))
  })
})

describe('a fading channel', () => {
  const gainsOf = (lineOfSight?: number) =>
    Array.from({ length: 4000 }, (_, replicate) => {
      const variates = normal(channelVariates, { seed: 9, stream: 1, replicate })
      return fadingChannel({ variates, binWidth: 0.09, nBins: 1, turn: 0.01, lineOfSight })(30)[0] ?? 0
    })
  const moments = (gains: number[]) => {
    const m = gains.reduce((a, b) => a + b, 0) / gains.length
    return [m, gains.reduce((sum, gain) => sum + (gain - m) ** 2, 0) / gains.length] as const
  }

  it('without a line of sight has exponential power gains of mean 1', () => {
    const [m, variance] = moments(gainsOf())
    // Standard errors 1/√4000 and √8/√4000; five of them.
    assert.ok(Math.abs(m - 1) < 5 * 0.0158 && Math.abs(variance - 1) < 5 * 0.0447, `${m}, ${variance}`)
  })

  it('with a Rician factor K has mean 1 and variance (1 + 2K)/(1 + K)²', () => {
    const [m, variance] = moments(gainsOf(10))
    assert.ok(Math.abs(m - 1) < 5 * 0.0066 && Math.abs(variance - 21 / 121) < 0.02, `${m}, ${variance}`)
  })
})

describe('the data set spectrum', () => {
  let data: Dataset
  before(async () => {
    data = await loadDataset('spectrum', { share: 0.003 })
  })

  it('is simulated and says so, in the proportions of the measured set', () => {
    assert.equal(data.simulated, true)
    assert.match(data.attribution, /^simulated .* not public$/)
    assert.deepEqual(
      data.classes.map((_, i) => classRows(data, i).length),
      [180, 30, 30, 30, 30],
    )
    assert.deepEqual(data.features.subarray(0, 16_000), simulated('normal', 0))
    assert.deepEqual(data.features.subarray(181 * 16_000, 182 * 16_000), simulated('NB-10ms', 1))
  })

  it('has its classes in the order of distance that the paper prints', () => {
    const order = classDistances(data, 'NB-10ms').map(({ name }) => name)
    assert.deepEqual(order.slice(3), ['WB-nlos', 'WB-los'])
    const l2 = new Map(classDistances(data, 'WB-los').map((one) => [one.name, one.l2]))
    assert.ok((l2.get('WB-nlos') ?? 99) < 20 && (l2.get('normal') ?? 0) > 35, JSON.stringify([...l2]))
  })

  it('sets the threshold on a third of the normal samples, the same in every run, and trains on a third', () => {
    const [first, second] = [0, 1].map((run) => makeSplit(data, { ...data.defaults, run, seed: 0 }))
    assert.deepEqual([first?.validation.length, first?.trainNormal.length, first?.trainAnomaly.length], [60, 60, 6])
    assert.deepEqual(second?.validation, first?.validation)
    assert.notDeepEqual(second?.trainNormal, first?.trainNormal)
    assert.ok(first?.validation.every((row) => first.seen[row] === 0))
  })

  it('stops when its signal fires', async () => {
    const signal = AbortSignal.abort('enough')
    await assert.rejects(loadDataset('spectrum', { signal }), { code: 'ABORTED', cause: 'enough' })
  })

  it('refuses shares and seeds that are none', async () => {
    for (const share of [0, 1.5, Number.NaN])
      await assert.rejects(loadDataset('spectrum', { share }), { code: 'OUT_OF_RANGE' })
    await assert.rejects(loadDataset('spectrum', { dataSeed: -1 }), { code: 'OUT_OF_RANGE', message: /dataSeed/ })
  })
})

describe('measured spectrograms', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spectrum-'))
  })
  after(() => rm(folder, { recursive: true }))

  /** An NPY file of float32, as numpy.save writes it. */
  function npy(shape: readonly number[], values: Float32Array): Buffer {
    const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
    const header = `${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`
    const length = Buffer.from([header.length & 255, header.length >> 8])
    return Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      length,
      Buffer.from(header),
      Buffer.from(values.buffer),
    ])
  }
  const level = (iClass: number, n: number) =>
    Float32Array.from({ length: n * 16_000 }, (_, i) => ((iClass + 1) * (1 + (i % 7))) / 64)

  it('are read from a folder given, and are not simulated', async () => {
    await assert.rejects(loadDataset('spectrum', { dataDir: folder }), {
      code: 'NO_DATA',
      message: /no measured spectrograms in .*: expected normal\.npy, NB-10ms\.npy, .* \(n, 125, 128\)/,
    })
    for (const [iClass, name] of spectrumClasses.entries()) {
      const n = 2 + 70 * Number(iClass === 0)
      await writeFile(join(folder, `${name}.npy`), npy([n, nSteps, nBins], level(iClass, n)))
    }
    const data = await loadDataset('spectrum', { dataDir: folder })
    assert.equal(data.simulated, false)
    assert.match(data.attribution, /^measured/)
    assert.deepEqual(data.counts, [72, 2, 2, 2, 2])
    assert.deepEqual(data.features.subarray(0, 72 * 16_000), level(0, 72))
    assert.deepEqual(data.features.subarray(78 * 16_000), level(4, 2))
    const half = await loadDataset('spectrum', { dataDir: folder, share: 0.5 })
    assert.deepEqual(half.counts, [36, 1, 1, 1, 1])
  })

  it('are refused, with the place, where they have another shape or leave [0, 1]', async () => {
    const path = join(folder, 'WB-los.npy')
    await writeFile(path, npy([2, nSteps * nBins], level(0, 2)))
    await assert.rejects(loadDataset('spectrum', { dataDir: folder }), {
      code: 'BAD_FILE',
      message: /WB-los\.npy: has shape \(2, 16000\)/,
    })
    for (const [bad, code] of [
      [1.5, 'OUT_OF_RANGE'],
      [Number.NaN, 'NOT_A_NUMBER'],
    ] as const) {
      await writeFile(path, npy([2, nSteps, nBins], level(0, 2).with(16_000 + 128 + 3, bad)))
      const message = new RegExp(`WB-los\\.npy: spectrogram 1, step 1, bin 3 is ${bad}`)
      await assert.rejects(loadDataset('spectrum', { dataDir: folder }), { code, message })
    }
  })
})
