import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type CompareOptions, compare } from '../../src/compare/compare.js'
import { compareJson } from '../../src/report/compare/compareJson.js'
import { jsonSchemas } from '../../src/report/schemas.js'
import { studyJson } from '../../src/report/study/studyJson.js'
import type { ScoreRow } from '../../src/scores/scoreRows.js'
import { runStudy } from '../../src/study/runStudy.js'
import { labelSweep } from '../../src/study/sweep/labelSweep.js'
import { pilotRates } from '../../src/theory/pilotRates.js'
import { type PlanOptions, planSamples } from '../../src/theory/planSamples.js'

const folder = fileURLToPath(new URL('../../schema/', import.meta.url))
const published = (name: string): object => JSON.parse(readFileSync(folder + name, 'utf8'))

/** A schema that refuses fields that it does not have: none may be printed without it. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const all = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, strict(value)]))
  return 'properties' in schema ? { additionalProperties: false, ...all } : all
}

function complaints(name: string, json: unknown): string {
  const ajv = new Ajv2020({ strict: true, allErrors: true })
  return ajv.validate(strict(published(name)) as object, json) ? '' : ajv.errorsText()
}

const printed = (result: object): unknown => JSON.parse(JSON.stringify(result))

/** Rows of two candidates, with classes or without, with a split or without. */
function rows({ classes = true, split = false, infinite = false } = {}): ScoreRow[] {
  return Array.from({ length: 200 }, (_, i) => ({
    label: i % 3 === 0 ? 1 : 0,
    ...(classes && { class: i % 2 === 0 ? 'dent' : 'crack' }),
    ...(split && { split: i % 5 === 0 ? 'test' : 'validation' }),
    baseline: infinite && i % 3 !== 0 ? Number.POSITIVE_INFINITY : Math.sin(i),
    candidate: Math.sin(2 * i) + (i % 3 === 0 ? 1 : 0),
    other: Math.round(3 * Math.sin(5 * i)),
  }))
}

const cases: Record<string, { data: ScoreRow[]; options: CompareOptions; candidates?: string[] }> = {
  'of classes': { data: rows(), options: {} },
  'of all anomalies': { data: rows({ classes: false }), options: {} },
  'with a split': { data: rows({ split: true }), options: { fpr: 0.1 } },
  'with a curve': { data: rows(), options: { curve: [0.1, 0.2], resamples: 200 } },
  'of several candidates': {
    data: rows(),
    options: { curve: [0.1], resamples: 200 },
    candidates: ['candidate', 'other'],
  },
  'with certified thresholds': { data: rows(), options: { fpr: 0.1, thresholdRule: 'certified', delta: 0.1 } },
  'by an engine that draws': { data: rows(), options: { engine: 'tree', intervalMethod: 'bca', resamples: 200 } },
  'of scores that are infinite': { data: rows({ infinite: true }), options: {} },
}

for (const [what, { data, options, candidates = ['candidate'] }] of Object.entries(cases)) {
  test(`the JSON of a comparison ${what} is as its schema says`, async () => {
    const json = printed(compareJson(await compare(data, { ...options, rows: { candidates } })))
    assert.equal(complaints('compare-1.json', json), '')
  })
}

const known = { tprBaseline: 0.5, tprCandidate: 0.7 }
const samples = (k: number, n: number, shift: number) =>
  Float64Array.from({ length: n }, (_, i) => Math.sin(k * i) + shift)
const plans: Record<string, () => Promise<PlanOptions>> = {
  'for a precision': async () => ({ ...known, precision: 0.1 }),
  'for a power': async () => ({ tprBaseline: 0.5, xi: 0.3, classes: 3 }),
  'from a pilot': async () => {
    const one = (k: number) => ({ normal: samples(k, 300, 0), anomalous: samples(k, 200, 0.8) })
    return { ...(await pilotRates({ baseline: one(2), candidate: one(3) })), precision: 0.2 }
  },
}
for (const [what, options] of Object.entries(plans)) {
  test(`the JSON of a plan ${what} is as its schema says`, async () => {
    assert.equal(complaints('plan-1.json', printed(await planSamples(await options()))), '')
  })
}

test('the JSON of a study is as its schema says, also where a run diverged', async () => {
  const options = { dataset: 'statlog', share: 0.1, runs: 3, settings: { epochs: 2, pretrainEpochs: 1 } }
  const result = await runStudy({ ...options, device: 'cpu' })
  const json = printed(studyJson(result))
  assert.equal(complaints('study-1.json', json), '')
  const [first, ...others] = result.training.candidate
  assert.ok(first !== undefined)
  const divergence = { kind: 'not-finite', quantity: 'loss', phase: 'train', epoch: 2 } as const
  const candidate = [{ ...first, losses: Float64Array.of(1, Number.NaN), divergence }, ...others]
  const diverged = studyJson({ ...result, training: { ...result.training, candidate } })
  assert.equal(complaints('study-1.json', printed(diverged)), '')
})

test('the JSON of a sweep is as its schema says', async () => {
  const options = {
    dataset: 'statlog',
    share: 0.1,
    runs: 2,
    labelled: [1, 3],
    contamination: [0, 0.05],
    resamples: 200,
  }
  const sweep = await labelSweep({ ...options, settings: { epochs: 1, pretrainEpochs: 1 }, device: 'cpu' })
  assert.equal(complaints('sweep-1.json', printed(sweep)), '')
})

test('schemas refuse what is not printed', async () => {
  const json = printed(compareJson(await compare(rows(), {}))) as { overall: Record<string, unknown> }
  const changed = (fields: Record<string, unknown>) => ({ ...json, overall: { ...json.overall, ...fields } })
  assert.equal(complaints('compare-1.json', changed({})), '')
  for (const fields of [
    { xi: 2 },
    { xi: '0' },
    { interval: [0] },
    { interval: [0, 0, 0] },
    { direction: 'left' },
    { more: 1 },
  ]) {
    assert.notEqual(complaints('compare-1.json', changed(fields)), '', JSON.stringify(fields))
  }
  const { overall: _, ...without } = json
  assert.notEqual(complaints('compare-1.json', without), '')
})

test('the published files are what the code derives; `npm run schemas` writes them', () => {
  const derived = jsonSchemas()
  assert.deepEqual(readdirSync(folder).toSorted(), [...derived.keys()].toSorted())
  for (const [name, schema] of derived) assert.deepEqual(published(name), printed(schema), name)
})
