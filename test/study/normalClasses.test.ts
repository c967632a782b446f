import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { loadTable } from '../../src/data/datasets.js'
import type { LabelledTable } from '../../src/data/tables/labelledTable.js'
import { train } from '../../src/detectors/train.js'
import { studyReport } from '../../src/report/study/studyReport.js'
import { studyText } from '../../src/report/study/studyText.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import type { StudyResult } from '../../src/study/core/types.js'
import { runStudy } from '../../src/study/runStudy.js'
import { trainer } from './threads.js'

const root = await mkdtemp(join(tmpdir(), 'normal-classes-'))
after(() => rm(root, { recursive: true }))

const soils = ['damp grey soil', 'grey soil', 'very damp grey soil']
const union = 'grey soil + damp grey soil + very damp grey soil'
const quick = { runs: 2, settings: { epochs: 2, pretrainEpochs: 1 }, resamples: 200, trainer } as const

/** StatLog as someone would have it who wrote one label for the three: here `earth`, after all others. */
async function mergedByHand(): Promise<LabelledTable> {
  const { labels, ...table } = await loadTable('statlog')
  const ofClass: Record<string, number> = { 'red soil': 0, 'cotton crop': 1, 'vegetation stubble': 2 }
  return {
    ...table,
    name: 'statlog.csv',
    classes: ['red soil', 'cotton crop', 'vegetation stubble', 'earth'],
    labels: labels.map((label) => ofClass[table.classes[label] ?? ''] ?? 3),
  }
}

function numbers({ classes, l2Normal, scores, training, validation }: StudyResult) {
  return { classes, l2Normal, scores, training, validation }
}

describe('a study with several normal classes', () => {
  it('is the study of a table in which they have one label', async () => {
    const raw = { ...quick, anomaly: 'red soil', split: 'published', decoder: 'sigmoid', standardise: false } as const
    const ours = await runStudy({ dataset: 'statlog', normal: soils, ...raw })
    const byHand = await runStudy({ dataset: await mergedByHand(), normal: 'earth', ...raw })
    assert.deepEqual(numbers(ours), numbers(byHand))
    // ⌊4/5 · (1,358 + 626 + 1,508)⌋, and a tenth of it.
    assert.deepEqual([ours.training.nNormal, ours.training.nAnomaly, ours.validation.n], [2793, 279, 3492])
    assert.deepEqual(
      ours.classes.map(({ name }) => name),
      ['red soil', 'vegetation stubble', 'cotton crop'],
    )
  })

  it('is so for tables of the caller’s, held-out samples and a mixture of anomalies', async () => {
    const anomaly = [
      { class: 'cotton crop', weight: 0.25 },
      { class: 'red soil', weight: 0.75 },
    ]
    const ours = await runStudy({ dataset: await loadTable('statlog'), normal: soils, anomaly, ...quick })
    const byHand = await runStudy({ dataset: await mergedByHand(), normal: 'earth', anomaly, ...quick })
    assert.equal(ours.split, 'held-out')
    assert.deepEqual(numbers(ours), numbers(byHand))
  })

  it('takes the first class that is not normal for the labelled anomalies of a table', async () => {
    const dataset = await loadTable('statlog')
    const { anomaly, normal } = await runStudy({ dataset, normal: ['cotton crop', 'red soil'], ...quick, runs: 1 })
    assert.deepEqual([normal, anomaly], ['red soil + cotton crop', 'grey soil'])
  })

  it('names the union in result, text and report', async () => {
    const result = await runStudy({ dataset: 'statlog', normal: soils, anomaly: 'red soil', ...quick, runs: 1 })
    assert.equal(result.normal, union)
    assert.match(studyText(result), /normal grey soil \+ damp grey soil \+ very damp grey soil \(2,793 to train on\)/)
    assert.match(await studyReport(result), /grey soil \+ damp grey soil \+ very damp grey soil/)
  })

  it('has units of its own in a store, the same in whichever order the classes are named', async () => {
    const store = join(root, 'study.duckdb')
    const unitsAfter = async (normal: string | string[]) => {
      const result = await runStudy({ dataset: 'statlog', normal, anomaly: 'red soil', store, ...quick })
      const instance = await DuckDBInstance.create(store)
      const connection = await instance.connect()
      const found = await connection.runAndReadAll("SELECT count(*)::INTEGER FROM units WHERE status = 'done'")
      connection.closeSync()
      instance.closeSync()
      return { units: found.getRows()[0]?.[0], result }
    }
    const single = await unitsAfter('grey soil')
    const first = await unitsAfter(soils)
    const again = await unitsAfter([...soils].reverse())
    const other = await unitsAfter(soils.slice(0, 2))
    assert.deepEqual(
      [single, first, again, other].map(({ units }) => units),
      [2, 4, 4, 6],
    )
    assert.deepEqual(numbers(again.result), numbers(first.result))
  })

  it('refuses a normal class that is an anomaly, too', async () => {
    const refused = (anomaly?: string) =>
      assert.rejects(runStudy({ dataset: 'statlog', normal: soils, ...(anomaly && { anomaly }), ...quick }), {
        code: 'OUT_OF_RANGE',
        message: /^class '(damp )?grey soil' cannot be both normal and anomalous\. .*\. Name other anomalies$/,
      })
    await refused('grey soil')
    // The data set's own.
    await refused()
  })
})

it('a matrix skips the normal classes, and is that of a table in which they have one label', async () => {
  const heldOut = { ...quick, split: 'held-out', decoder: 'sigmoid', runs: 1 } as const
  const ours = await anomalyMatrix({ dataset: 'statlog', normal: soils, ...heldOut })
  assert.deepEqual([ours.normal, [...ours.tested].sort()], [union, ['cotton crop', 'red soil', 'vegetation stubble']])
  const dataset = await mergedByHand()
  const byHand = await anomalyMatrix({ dataset, normal: 'earth', ...heldOut })
  assert.deepEqual(ours.rows, byHand.rows)
})

it('a detector trained on several normal classes is that of a table in which they have one label', async () => {
  const common = {
    detector: 'deep-sad',
    anomaly: ['red soil', 'cotton crop'],
    settings: { epochs: 2, pretrainEpochs: 1 },
    device: 'cpu',
  } as const
  const byHand = await train({ data: await mergedByHand(), normal: 'earth', ...common })
  for (const data of [await loadTable('statlog'), 'statlog'] as const) {
    const ours = await train({ data, normal: soils, split: 'held-out', ...common })
    assert.equal(ours.metadata.classes.normal, union)
    assert.deepEqual(ours.recall, byHand.recall)
    assert.deepEqual(ours.metadata.threshold, byHand.metadata.threshold)
    assert.deepEqual(ours.metadata.trainedOn, byHand.metadata.trainedOn)
  }
  const asked = { ...common, anomaly: ['red soil'], split: 'published' } as const
  const published = await train({ data: 'statlog', normal: soils, ...asked })
  assert.equal(published.metadata.validation.n, 3492)
  const both = { ...common, data: 'statlog', normal: soils, anomaly: 'grey soil' } as const
  await assert.rejects(train(both), { code: 'OUT_OF_RANGE', message: /^class 'grey soil' cannot be both/ })
})
