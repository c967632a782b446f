import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import * as core from '../../src/index.js'
import { mergeStores } from '../../src/rooms/cluster.js'
import { readLabelledTable } from '../../src/rooms/data.js'
import { anomalyMatrix, convergeScores, runStudy, storedStudies } from '../../src/rooms/study.js'
import { exportModels, loadDetector, modelManifest, train } from '../../src/rooms/train.js'

const folder = mkdtempSync(join(tmpdir(), 'scoring-bias-paths-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const table = join(folder, 'scores.csv')
writeFileSync(table, 'key,label,score\na,0,1\nb,1,2\n')

describe('an empty path is refused by the name of its argument', () => {
  const given = [table, '']
  for (const [what, call, name] of [
    ['readScores', () => core.readScores(''), 'source'],
    ['summarise, to read', () => core.summarise('', join(folder, 'a.summary')), 'path'],
    ['summarise, to write', () => core.summarise(table, ''), 'output'],
    ['readSummaries', () => core.readSummaries(given), 'paths[1]'],
    ['joinScores', () => core.joinScores(given, { key: 'key' }), 'paths[1]'],
    ['readLabelledTable', () => readLabelledTable(''), 'path'],
    ['loadDetector', () => loadDetector(''), 'source'],
    ['storedStudies', () => storedStudies(''), 'path'],
    ['mergeStores, to read', () => mergeStores(join(folder, 'all.duckdb'), given), 'paths[1]'],
    ['mergeStores, to write', () => mergeStores('', [table]), 'target'],
  ] as const) {
    it(what, () =>
      assert.rejects(async () => call(), { code: 'BAD_FILE', message: `${name} must be the path of a file, got ''` }),
    )
  }

  it('exportModels', () =>
    assert.rejects(exportModels('', { networks: ['mlp'] }), {
      code: 'BAD_FILE',
      message: "folder must be the path of a folder, got ''",
    }))
})

describe('messages name the argument that was given', () => {
  const networks = [Float64Array.of(), BigInt64Array.of(0n, 0n), 1e-17] as const
  for (const wrong of networks) {
    it(`networks, with ${typeof wrong === 'number' ? wrong : wrong.constructor.name} for a name`, async () => {
      const options = { networks: [wrong] as never }
      const refusal = { code: 'WRONG_TYPE', message: /^networks\[0\] must be a string, got / }
      assert.throws(() => modelManifest(options), refusal)
      await assert.rejects(exportModels(join(folder, 'models'), options), refusal)
    })
  }

  it('the mean over a range', () =>
    assert.rejects(core.relativeBiasOverRange({} as never, { fprRange: [0.1, 0.2], over: 10n as never }), {
      code: 'WRONG_TYPE',
      message: 'over must be a string, got 10n',
    }))

  it('the key of files to join, which has no default', () =>
    assert.rejects(core.joinScores([table, table], {} as never), {
      code: 'WRONG_TYPE',
      message: 'key must be a string, got undefined. It is required',
    }))

  const none = { code: 'EMPTY_SAMPLE', message: 'scores has no rows' }
  const gap = { code: 'WRONG_TYPE', message: 'scores row 1: must be an object { label, baseline, candidate }' }
  for (const [name, call] of [
    ['relativeBias', (rows: never) => core.relativeBias(rows, { fpr: 0.1 })],
    ['compare', (rows: never) => core.compare(rows)],
    ['compareTargets', (rows: never) => core.compareTargets(rows, { fprs: [0.1] })],
  ] as const) {
    it(`rows of scores, in ${name}`, async () => {
      await assert.rejects(async () => call([] as never), none)
      await assert.rejects(async () => call(new Array(3) as never), gap)
    })
  }

  it('rows that are read, and what their caller calls them', async () => {
    await assert.rejects(core.readScores([]), { code: 'EMPTY_SAMPLE', message: 'source has no rows' })
    await assert.rejects(core.readScores([], { source: 'queue' }), { message: 'queue has no rows' })
  })

  it('candidates that are none, of a file, of rows and of rows in a comparison', async () => {
    const rows = [{ label: 0, baseline: 1 }]
    const none = { code: 'EMPTY_SAMPLE', message: "candidates is empty. Name at least one column, or 'all'" }
    await assert.rejects(core.readScores(table, { candidates: [] }), none)
    await assert.rejects(core.readScores(rows, { candidates: [] }), none)
    await assert.rejects(core.compare(rows, { rows: { candidates: [] } }), none)
    const wrong = { code: 'WRONG_TYPE', message: 'candidates must be an array, got null' }
    await assert.rejects(core.compare(rows, { rows: { candidates: null as never } }), wrong)
  })

  const gone = Float64Array.of(1, 2)
  structuredClone(gone, { transfer: [gone.buffer] })
  for (const [what, wrong] of [
    ['an array of numbers', Float64Array.of(1)],
    ['one whose memory is gone', gone],
  ] as const) {
    it(`${what} where scores of detectors belong`, async () => {
      const message = 'scores must be an object of arrays or an iterable of rows, got Float64Array'
      const refusal = { code: 'WRONG_TYPE', message }
      await assert.rejects(core.compare(wrong as never), refusal)
      await assert.rejects(core.compareTargets(wrong as never, { fprs: [0.1] }), refusal)
      await assert.rejects(async () => core.relativeBias(wrong as never, { fpr: 0.1 }), {
        code: 'WRONG_TYPE',
        message: 'scores must be an object { baseline, candidate } or an iterable of rows, got Float64Array',
      })
      await assert.rejects(core.readScores(wrong as never), {
        code: 'WRONG_TYPE',
        message: 'source must be the path of a file or an iterable of rows, got Float64Array',
      })
    })
  }

  it('a number where scores of a pair belong', async () => {
    const pair = 'scores must be an object { baseline, candidate }'
    for (const [call, message] of [
      [() => core.relativeBias(5 as never), `${pair} or an iterable of rows, got 5`],
      [() => core.relativeBiasCurve(5 as never), `${pair}, got 5`],
      [() => core.relativeBiasAtTpr(5 as never, { tpr: 0.5 }), `${pair}, got 5`],
      [() => core.relativeBiasOverRange(5 as never, { fprRange: [0.1, 0.2] }), `${pair}, got 5`],
      [() => core.idealBias(5 as never), `${pair}, got 5`],
      [() => core.relativeBiasOfSeeds(5 as never), `${pair} of trainings, got 5`],
      [() => convergeScores(5 as never), `${pair}, got 5`],
    ] as const) {
      await assert.rejects(call, { code: 'WRONG_TYPE', message })
    }
  })

  it('targets of a curve', async () => {
    for (const [curve, code, message] of [
      [[2], 'OUT_OF_RANGE', 'curve[0] must lie strictly between 0 and 1, got 2'],
      [[], 'EMPTY_SAMPLE', 'curve is empty. Name at least one target, or leave curve out'],
      [gone, 'DETACHED', 'curve has lost its buffer, which was transferred or resized'],
    ] as const) {
      await assert.rejects(core.compare({} as never, { curve }), { code, message })
    }
  })

  it('a list where a data set belongs', async () => {
    const message = ' must be the name of a data set, or a table, got Array'
    await assert.rejects(train({ data: [] as never, detector: 'ae' }), {
      code: 'WRONG_TYPE',
      message: `data${message}`,
    })
    await assert.rejects(runStudy({ dataset: [] as never }), { code: 'WRONG_TYPE', message: `dataset${message}` })
  })

  it('a trainer that does not say how many workers it has, and a store without a name', async () => {
    const trainer = { device: async () => 'cpu', train: async () => ({}) } as never
    const code = 'WRONG_TYPE'
    for (const call of [runStudy, anomalyMatrix]) {
      await assert.rejects(async () => call({ dataset: 'synthetic', trainer } as never), {
        code,
        message: 'trainer.workers must be a number, got undefined',
      })
      await assert.rejects(async () => call({ dataset: 'synthetic', store: '' } as never), {
        code: 'BAD_FILE',
        message: "store must be the path of a file, got ''",
      })
    }
  })

  it('targets whose memory is gone', async () => {
    const refusal = { code: 'DETACHED', message: /^fprs / }
    await assert.rejects(core.summarise(table, join(folder, 'a.summary'), { fprs: gone as never }), refusal)
    await assert.rejects(core.compareTargets({} as never, { fprs: gone }), refusal)
  })
})
