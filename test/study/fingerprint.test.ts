import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { extname, join } from 'node:path'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { detector } from '../../src/detectors/detectors.js'
import { mlp } from '../../src/nn/mlp.js'
import type { UnitTrainer, UnitWork } from '../../src/study/core/unit.js'
import { numericsFingerprint } from '../../src/study/trainer/fingerprint.js'
import { ThreadTrainer } from '../../src/study/trainer/trainScenarios.js'
import { sourceFlags } from '../sources.js'

const design = { objective: detector('deep-sad'), network: mlp(4), decoder: 'identity' } as const

/** Scores all that it is given alike, and adds up what it was asked for. */
function trainerOf(score: number) {
  const asked: UnitWork[] = []
  const trainer: UnitTrainer = {
    workers: 1,
    device: async () => 'cpu',
    train: async (work) => {
      asked.push(work)
      const scores = new Float32Array(work.samples.nSamples).fill(score)
      const losses = Float64Array.of(1)
      return { device: 'cpu', runs: [{ training: { run: 0, losses, pretrainLosses: losses }, scores }] }
    },
  }
  return { trainer, asked }
}

describe('the fingerprint of a place where detectors train', () => {
  it('is that of losses, weights and scores: of detector, layers and decoder, and the same for every trainer of threads', async () => {
    const trainers = [1, 2].map((workers) => new ThreadTrainer({ workers, device: 'cpu' }))
    try {
      const designs = [
        design,
        { ...design, objective: detector('deep-svdd') },
        { ...design, network: mlp(4, { code: 3 }) },
        { ...design, decoder: 'sigmoid' } as const,
      ]
      const of = (trainer: ThreadTrainer) => Promise.all(designs.map((one) => numericsFingerprint(trainer, one)))
      const [first, second] = await Promise.all(trainers.map(of))
      assert.deepEqual(first, second)
      assert.equal(new Set(first).size, designs.length)
      for (const one of first ?? []) assert.match(one, /^[0-9a-f]{64}$/)
    } finally {
      await Promise.all(trainers.map((trainer) => trainer.close()))
    }
  })

  it('is found by a small training, once for each trainer and detector, where a trainer does not know it', async () => {
    const { trainer, asked } = trainerOf(1)
    const first = await numericsFingerprint(trainer, design)
    assert.equal(await numericsFingerprint(trainer, { ...design, network: mlp(4) }), first)
    await numericsFingerprint(trainer, { ...design, decoder: 'sigmoid' })
    assert.deepEqual([asked.length, at(asked, 0).samples.nSamples, at(asked, 0).weights], [2, 40, true])
    assert.equal(await numericsFingerprint(trainerOf(1).trainer, design), first)
  })

  it('changes with the last bit of a score', async () => {
    const next = new Float32Array(
      new Uint32Array([new Uint32Array(Float32Array.of(1).buffer)[0] ?? 0].map((x) => x + 1)).buffer,
    )
    const of = (score: number) => numericsFingerprint(trainerOf(score).trainer, design)
    assert.notEqual(await of(1), await of(at(next, 0)))
  })

  it('is taken again where taking it failed', async () => {
    const { trainer } = trainerOf(1)
    const failing: UnitTrainer = { ...trainer, train: () => Promise.reject(new Error('no memory')) }
    await assert.rejects(numericsFingerprint(failing, design), /no memory/)
    failing.train = trainer.train
    assert.equal(await numericsFingerprint(failing, design), await numericsFingerprint(trainer, design))
  })
})

const emulated = spawnSync('qemu-x86_64', ['--version']).status === 0 && process.arch === 'x64'
const skip =
  emulated || process.env.REQUIRE_QEMU === '1' ? false : 'no qemu-x86_64; `apt-get install qemu-user` brings it'

describe('processors', { skip }, () => {
  const here = (...launcher: string[]) => {
    const [command, ...args] = [...launcher, process.execPath, ...sourceFlags]
    const script = join(import.meta.dirname, `numericsHere${extname(import.meta.filename)}`)
    const { status, stdout, stderr } = spawnSync(command ?? '', [...args, script], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    return JSON.parse(stdout) as Record<'fingerprint' | 'training' | 'statistics', string>
  }
  const native = here()

  it('without AVX train to other bits, and have another fingerprint', () => {
    const nehalem = here('qemu-x86_64', '-cpu', 'Nehalem')
    assert.notEqual(nehalem.training, native.training)
    assert.notEqual(nehalem.fingerprint, native.fingerprint)
    // No unit holds statistics: they are the same everywhere. scripts/sameBits.mjs shows it of every engine, on arm64 too.
    assert.equal(nehalem.statistics, native.statistics)
  })

  it('with AVX2 have the fingerprint of this one where they train to its bits, and only there', () => {
    const haswell = here('qemu-x86_64', '-cpu', 'Haswell')
    assert.equal(haswell.fingerprint === native.fingerprint, haswell.training === native.training)
    assert.equal(haswell.statistics, native.statistics)
  })
})
