import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { type ClusterCommand, commandParts } from '../../src/cluster/commandPlans.js'
import { descriptionOf, type UnitDescription, UnitRunner } from '../../src/cluster/runUnit.js'
import { decodeUnitResult, encodeUnitResult, sameResult } from '../../src/cluster/unitResultBytes.js'
import { loadTable } from '../../src/data/datasets.js'
import { tableDigest } from '../../src/data/tables/labelledTable.js'
import { mlp } from '../../src/nn/mlp.js'
import type { UnitTrainer } from '../../src/study/core/unit.js'
import { type UnitPiece, unitPieces } from '../../src/study/trainer/trainPieces.js'
import { ThreadTrainer } from '../../src/study/trainer/trainScenarios.js'

let trainer: ThreadTrainer
before(() => {
  trainer = new ThreadTrainer({ workers: 2, device: 'cpu' })
})
after(() => trainer.close())

const settings = { epochs: 1, pretrainEpochs: 1 }
const quick = { dataset: 'statlog', runs: 7, settings } as const

/** All units of a command with their descriptions, as another process would read them. */
async function described(command: ClusterCommand, by: UnitTrainer = trainer) {
  const all: { piece: UnitPiece; description: UnitDescription }[] = []
  for (const part of commandParts(command)) {
    for (const plan of await part()) {
      for (const piece of await unitPieces(plan.jobs, by, plan.training)) {
        all.push({ piece, description: JSON.parse(JSON.stringify(descriptionOf(plan, piece))) })
      }
    }
  }
  return all
}

describe('a unit by its description', () => {
  const table = async () => ({ ...(await loadTable('statlog')), name: 'mine.csv' })
  const commands: [string, () => Promise<ClusterCommand>][] = [
    ['of a study', async () => ({ study: quick })],
    [
      'of a study held out, of a mixture',
      async () => ({
        study: {
          ...quick,
          runs: 2,
          split: 'held-out',
          anomaly: [
            { class: 'red soil', weight: 0.7 },
            { class: 'cotton crop', weight: 0.3 },
          ],
        },
      }),
    ],
    ['of a matrix', async () => ({ matrix: { ...quick, runs: 1 } })],
    [
      'of a sweep, with anomalies that hide',
      async () => ({ sweep: { ...quick, runs: 1, labelled: [2, 5], contamination: [0, 0.05] } }),
    ],
    ["of a user's table", async () => ({ study: { ...quick, runs: 2, dataset: await table(), normal: 'red soil' } })],
    ['of a table of the paper', async () => ({ reproduce: ['table7'], options: { runs: 1, ...settings } })],
    ['of a convergence study, drawn', async () => ({ converge: { dataset: 'synthetic', nTrain: 50, settings } })],
    ['of a convergence study, pooled', async () => ({ converge: { dataset: 'statlog', settings, nTrain: 100 } })],
  ]
  for (const [name, command] of commands) {
    it(`${name} is trained elsewhere to the same bits`, async () => {
      const units = await described(await command())
      const elsewhere = new ThreadTrainer({ workers: 1, device: 'cpu' })
      try {
        const runner = new UnitRunner({
          trainer: elsewhere,
          tables: async ({ sha256 }) => ((await table().then(tableDigest)) === sha256 ? table() : undefined),
        })
        for (const { piece, description } of [at(units, 0), at(units, units.length - 1)]) {
          const result = await runner.run(description)
          assert.ok(result.runs.every(({ scores }) => scores.length === description.nSamples))
          assert.ok(sameResult(result, await trainer.train(piece.work, () => {})))
          assert.deepEqual(decodeUnitResult(encodeUnitResult(result)), result)
        }
      } finally {
        await elsewhere.close()
      }
    })
  }

  it('is refused by another version, by other arithmetic and without its data, each in words', async () => {
    const { description } = at(await described({ study: quick }), 0)
    const runner = new UnitRunner({ trainer })
    const refused = (changed: Partial<UnitDescription>, code: string, message: RegExp) =>
      assert.rejects(runner.run({ ...description, ...changed }), { code, message })
    await refused({ version: '7.0.0' }, 'OTHER_MACHINE', /is of scoring-bias 7\.0\.0, and this is /)
    await refused(
      { id: 'ab' },
      'OTHER_MACHINE',
      /^Deep SVDD, runs 0 to 4: the arithmetic of this machine gives other bits/,
    )
    const config = JSON.stringify({ ...JSON.parse(description.config), onnxruntime: '2.0.0' })
    await refused(
      { id: 'ab', task: 'cd', config },
      'OTHER_MACHINE',
      /another unit on this machine: onnxruntime is '2\.0\.0', here '1\..*'\. Run the same version of scoring-bias on all machines, with/,
    )
    const dataset = { name: 'mine.csv', sha256: 'ef' }
    await refused(
      { recipe: { ...description.recipe, dataset } },
      'NO_DATA',
      /^the samples of mine\.csv \(SHA-256 ef\) are not on this machine$/,
    )
    // A plan that failed is not kept.
    await runner.run(description)
  })

  it('of a network of the caller’s has none', async () => {
    const own = { ...mlp(36), name: 'own' }
    await assert.rejects(described({ study: { ...quick, network: own } }), {
      code: 'OUT_OF_RANGE',
      message: /a detector or network of your own cannot be sent to another process/,
    })
  })
})

describe('results as bytes', () => {
  it('are equal only where every bit is, whoever trained them', async () => {
    const { piece } = at(await described({ study: { ...quick, runs: 1 } }), 0)
    const result = await trainer.train({ ...piece.work, weights: true }, () => {})
    assert.deepEqual(decodeUnitResult(encodeUnitResult(result)), result)
    assert.ok(sameResult(result, { ...result, host: 'elsewhere' }))
    const run = at(result.runs, 0)
    for (const change of [
      { scores: run.scores.map((x, i) => (i === 7 ? -x : x)) },
      { training: { ...run.training, losses: run.training.losses.map((x) => x + 1e-12) } },
    ])
      assert.ok(!sameResult(result, { ...result, runs: [{ ...run, ...change }] }))
  })

  it('that are cut short are refused', () => {
    assert.throws(() => decodeUnitResult(Uint8Array.of(1, 2, 3)), {
      code: 'BAD_FILE',
      message: 'these bytes are no result of a unit',
    })
  })
})
