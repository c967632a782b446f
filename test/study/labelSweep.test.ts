import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { ScoringBiasError } from '../../src/errors.js'
import { withSchema } from '../../src/report/schemaNames.js'
import { sweepSchema } from '../../src/report/sweep/sweepSchema.js'
import { sweepText } from '../../src/report/sweep/sweepText.js'
import type { UnitTrainer } from '../../src/study/core/unit.js'
import { sidesOf } from '../../src/study/nearFar.js'
import { planStudy, type StudyPlan } from '../../src/study/plan.js'
import { checkStudy, studyChecks } from '../../src/study/studyOptions.js'
import { type LabelSweep, labelSweep } from '../../src/study/sweep/labelSweep.js'
import type { LabelSweepOptions } from '../../src/study/sweep/sweepOptions.js'
import { sweepScenarios } from '../../src/study/sweep/sweepScenarios.js'
import { meanTrainer } from '../fuzz/meanTrainer.js'

/** 100 normal samples about 0, and anomalies about 1, 2, 3 and 8, of which the third class is small. */
const sizes = [100, 40, 30, 12, 20]
const centres = [0, 1, 2, 3, 8]
const labels = Uint8Array.from(sizes.flatMap((n, k) => Array<number>(n).fill(k)))
const table = {
  name: 'table',
  attribution: '',
  featureNames: ['x1', 'x2'],
  features: Float32Array.from({ length: 2 * labels.length }, (_, i) => {
    return (centres[labels[i >> 1] ?? 0] ?? 0) + 0.7 * Math.sin(i * i + i)
  }),
  classes: ['normal', 'a', 'b', 'c', 'd'],
  labels,
}
const asked = { dataset: table, normal: 'normal', runs: 4, fpr: 0.2, resamples: 400, seed: 5 } as const
const refused = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ScoringBiasError)
  assert.equal(error.code, code)
  assert.match(error.message, message)
  return true
}

describe('the runs of a sweep', () => {
  const labelled = [1, 5, 20]
  const contamination = [0, 0.05, 0.1]
  let scenarios: ReturnType<typeof sweepScenarios>
  let plan: StudyPlan
  before(async () => {
    plan = await planStudy(checkStudy('test', { ...asked, standardise: false }, studyChecks))
    scenarios = sweepScenarios({ plan, anomaly: 'a', labelled, contamination, seed: 5 })
  })
  const classOf = (row: number) => labels[row] ?? Number.NaN
  const all = () =>
    contamination.flatMap((share) =>
      labelled.map((n) => ({ n, share, ...scenarios({ labelled: n, contamination: share }) })),
    )

  it('have as many labels and hidden anomalies as asked for, and training sets of one size', () => {
    for (const { n, share, hidden, nNormal, runs } of all()) {
      assert.deepEqual([nNormal, hidden], [80, Math.round(80 * share)])
      for (const { split } of runs) {
        assert.equal(split.trainNormal.length, 80)
        assert.equal(split.trainNormal.filter((row) => classOf(row) > 0).length, hidden)
        assert.equal(split.trainAnomaly.length, n)
        assert.ok(split.trainAnomaly.every((row) => classOf(row) === 1))
        assert.ok(split.validation.every((row) => classOf(row) === 0 && !split.trainNormal.includes(row)))
        const trained = [...split.trainNormal, ...split.trainAnomaly]
        assert.equal(new Set(trained).size, trained.length)
        for (const { rows } of split.tests) assert.ok(rows.every((row) => !trained.includes(row)))
        assert.equal(split.tests.length, 4)
      }
    }
  })

  it('hide anomalies of every class in proportion to its samples, by largest remainder', () => {
    const { runs } = scenarios({ labelled: 1, contamination: 0.1 })
    for (const { split } of runs) {
      const counts = [1, 2, 3, 4].map((k) => split.trainNormal.filter((row) => classOf(row) === k).length)
      // 8 · 40/102 = 3.1, 8 · 30/102 = 2.4, 8 · 12/102 = 0.9, 8 · 20/102 = 1.6
      assert.deepEqual(counts, [3, 2, 1, 2])
    }
  })

  it('hold the fewer labels in the more, and the smaller contamination in the larger', () => {
    const holds = (more: Uint32Array, fewer: Uint32Array) => fewer.every((row) => more.includes(row))
    const at = (n: number, share: number, run: number) => {
      const split = scenarios({ labelled: n, contamination: share }).runs[run]?.split
      assert.ok(split)
      return split
    }
    const hiddenOf = (rows: Uint32Array) => rows.filter((row) => classOf(row) > 0)
    for (const run of [0, 1, 2, 3]) {
      assert.ok(holds(at(5, 0, run).trainAnomaly, at(1, 0, run).trainAnomaly))
      assert.ok(holds(at(20, 0.1, run).trainAnomaly, at(5, 0, run).trainAnomaly))
      assert.ok(holds(hiddenOf(at(1, 0.1, run).trainNormal), hiddenOf(at(1, 0.05, run).trainNormal)))
    }
    assert.notDeepEqual(at(5, 0, 0).trainAnomaly, at(5, 0, 1).trainAnomaly)
    assert.notDeepEqual(hiddenOf(at(5, 0.1, 0).trainNormal), hiddenOf(at(5, 0.1, 1).trainNormal))
  })

  it('label no sample in one run that hides in another', () => {
    const own = all().flatMap(({ runs }) => runs.map(({ split }) => split))
    const labelledRows = new Set(own.flatMap(({ trainAnomaly }) => [...trainAnomaly]))
    assert.ok(own.every(({ trainNormal }) => trainNormal.every((row) => !labelledRows.has(row))))
  })

  it('keep to the training part of data that have one', async () => {
    const testPart = Uint8Array.from(labels, (_, row) => row % 2)
    const dataset = { ...plan.dataset, testPart, split: { trained: [1, 1], heldOut: 'test part' } } as const
    const split = 'published' as const
    const parted = { ...plan, dataset, split, scenario: plan.scenario }
    const made = sweepScenarios({ plan: parted, anomaly: 'a', labelled: [4], contamination: [0.1], seed: 5 })
    for (const { split } of made({ labelled: 4, contamination: 0.1 }).runs) {
      assert.ok(split.trainAnomaly.every((row) => testPart[row] === 0))
      assert.ok(split.trainNormal.every((row) => classOf(row) === 0 || testPart[row] === 0))
    }
  })
})

describe('a sweep', () => {
  const folder = mkdtemp(join(tmpdir(), 'sweep-'))
  after(async () => rm(await folder, { recursive: true }))
  const options = {
    ...asked,
    anomaly: 'a',
    labelled: [20, 1, 5],
    contamination: [0.1, 0],
    trainer: meanTrainer,
  } as const
  let sweep: LabelSweep
  before(async () => {
    sweep = await labelSweep(options)
  })

  it('has a cell for every number of labels with every contamination, both rising', () => {
    const cells = sweep.cells.map(({ labelled, contamination, hidden }) => [contamination, labelled, hidden])
    assert.deepEqual(cells, [...[1, 5, 20].map((n) => [0, n, 0]), ...[1, 5, 20].map((n) => [0.1, n, 8])])
    for (const { labelled, contamination, classes } of sweep.cells) {
      assert.deepEqual(
        classes.map(({ name, n }) => [name, n]),
        sweep.tested.map(({ name }, k) => {
          const hidden = contamination === 0 ? 0 : ([3, 2, 1, 2][['a', 'b', 'c', 'd'].indexOf(name)] ?? Number.NaN)
          return [
            name,
            (sizes[['a', 'b', 'c', 'd'].indexOf(name) + 1] ?? Number.NaN) - hidden - (k === 0 ? labelled : 0),
          ]
        }),
      )
    }
  })

  it('says near up to the median distance to the normal class, and far beyond', () => {
    assert.deepEqual(
      sweep.tested.map(({ name, side }) => [name, side]),
      [
        ['a', 'near'],
        ['b', 'near'],
        ['c', 'far'],
        ['d', 'far'],
      ],
    )
    const distances = [3, 1, 2].map((l2) => ({ name: `${l2}`, l2 }))
    assert.deepEqual([...sidesOf(distances).values()], ['far', 'near', 'near'])
  })

  it('averages ξ over the unlabelled classes of each side', () => {
    for (const { classes, settings } of sweep.cells) {
      const xiOf = (name: string) => classes.find((one) => one.name === name)?.xi ?? Number.NaN
      assert.deepEqual(
        settings.map(({ known, unseen, pairs }) => [known, unseen, pairs]),
        [
          ['near', 'near', 1],
          ['near', 'far', 2],
        ],
      )
      const expected = [xiOf('b'), (xiOf('c') + xiOf('d')) / 2]
      for (const [i, { xi, simultaneous }] of settings.entries()) {
        assert.ok(Math.abs(xi - (expected[i] ?? Number.NaN)) < 1e-12)
        assert.ok(simultaneous[0] <= xi && xi <= simultaneous[1])
      }
    }
  })

  it('is what its schema says, and reads as text', () => {
    sweepSchema.parse(JSON.parse(JSON.stringify(withSchema('sweep', sweep))))
    const text = sweepText(sweep)
    assert.match(text, /contamination 10 %: 8 anomalies hidden among the 80 normal samples/)
    assert.match(text, /known near, unseen far/)
    assert.match(text, /Contamination 0 %: /)
  })

  it('with a store trains each unit once', async () => {
    let trained = 0
    const trainer: UnitTrainer = {
      ...meanTrainer,
      fingerprint: async () => 'of this test',
      train: (work, onSteps) => {
        trained++
        return meanTrainer.train(work, onSteps)
      },
    }
    const store = join(await folder, 'sweep.duckdb')
    const first = await labelSweep({ ...options, trainer, store })
    // Baseline once, candidate with each number of labels. With hidden anomalies each run standardises for itself, and is a unit.
    assert.equal(trained, (1 + 3) * (1 + 4))
    const again = await labelSweep({ ...options, trainer, store, labelled: [1, 5, 20, 7] })
    assert.equal(trained, (1 + 4) * (1 + 4))
    assert.deepEqual(first.cells, sweep.cells)
    assert.equal(again.cells.length, 8)
    // No two units have one title, by which people find what is missing.
    const connection = await (await DuckDBInstance.create(store, { access_mode: 'READ_ONLY' })).connect()
    const rows = (await connection.runAndReadAll('SELECT DISTINCT title FROM units')).getRows()
    connection.closeSync()
    const titles = rows.map(([title]) => String(title))
    assert.equal(titles.length, trained)
    for (const title of [
      'Deep SAD, a, 5 labelled, contamination 0.1, run 2',
      'Deep SVDD, contamination 0, runs 0 to 3',
    ]) {
      assert.ok(titles.includes(title), `${title} is not in ${titles.join('; ')}`)
    }
  })

  it('says from how many labels on a class is helped or hurt', async () => {
    // Labels move the candidate's scores of the far class by their number: from 5 on it finds all, and the baseline none.
    const trainer: UnitTrainer = {
      ...meanTrainer,
      train: async ({ objective, samples: { nSamples }, runs }) => ({
        device: 'cpu',
        runs: runs.map(({ run, anomalous }) => {
          const learns = objective.name === 'deep-sad'
          const scores = Float32Array.from({ length: nSamples }, (_, row) => {
            const noise = 0.4 * Math.sin(row * row + run)
            if (labels[row] === 4) return learns && anomalous.length >= 5 ? 9 + noise : noise
            if (labels[row] === 3) return learns && anomalous.length >= 20 ? noise : 9 + noise
            return noise
          })
          return { training: { run, losses: Float64Array.of(1), pretrainLosses: Float64Array.of(1) }, scores }
        }),
      }),
    }
    const { turns, cells } = await labelSweep({ ...options, trainer, contamination: [0], runs: 6, resamples: 3000 })
    assert.deepEqual(
      turns.map(({ class: name, helped, hurt }) => [name, helped, hurt]),
      [
        ['a', null, null],
        ['b', null, null],
        ['c', null, 20],
        ['d', 5, null],
      ],
      JSON.stringify(cells.map(({ classes }) => classes.map(({ direction }) => direction))),
    )
  })

  it('names the largest contamination that the classes can hide', async () => {
    for (const labelled of [
      [1, 30],
      [1, 25, 33],
    ]) {
      const asked = (share: number) => labelSweep({ ...options, labelled, contamination: [share] })
      const refusal = await asked(0.5).then(String, String)
      const most = Number(/Use at most ([\d.]+)/.exec(refusal)?.[1])
      await assert.rejects(asked(most + 0.001), /Use at most/, `${labelled}: ${most}`)
      const { cells } = await asked(most)
      assert.equal(cells[0]?.contamination, most)
    }
  })

  for (const [what, wrong, message] of [
    [
      'more labels than a class can give',
      { labelled: [40] },
      /labelled asks for 40 labelled anomalies of class 'a'\. It can give 39/,
    ],
    [
      'more hidden than a class can give',
      { labelled: [1, 30], contamination: [0.5] },
      /hides 40 anomalies .* That class has 9 to hide.*Use at most 0\.306/,
    ],
    [
      'a contamination that hides none',
      { contamination: [0.001] },
      /hides no anomaly among the 80 normal samples .*Use at least 0\.00625, or 0/,
    ],
    [
      'a contamination beyond one half',
      { contamination: [0.6] },
      /contamination\[0\] must lie in \[0, 0\.5\], got 0\.6/,
    ],
    ['no numbers', { labelled: [] }, /labelled must have at least one number/],
    ['a number twice', { contamination: [0, 0] }, /contamination has 0 twice/],
    ['no label', { labelled: [0] }, /labelled\[0\] must be an integer of at least 1/],
    [
      'detectors that do not learn from labels',
      { candidate: 'ae' },
      /neither 'deep-svdd' nor 'ae' learns from labelled anomalies/,
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const given: LabelSweepOptions = { ...options, contamination: [0], ...wrong }
      await assert.rejects(labelSweep(given), refused('OUT_OF_RANGE', message))
    })
  }
})
