import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type CompareOptions, compare } from '../../src/compare/compare.js'
import { compareJson } from '../../src/report/compare/compareJson.js'
import { reproductionJson } from '../../src/report/paper/reproductionJson.js'
import { withSchema } from '../../src/report/schemaNames.js'
import { jsonSchemas } from '../../src/report/schemas.js'
import { studyJson } from '../../src/report/study/studyJson.js'
import type { ScoreRow } from '../../src/scores/scoreRows.js'
import { runStudy } from '../../src/study/runStudy.js'
import { labelSweep } from '../../src/study/sweep/labelSweep.js'
import { pilotRates } from '../../src/theory/pilotRates.js'
import { type PlanOptions, planSamples } from '../../src/theory/planSamples.js'
import { density, failure, recall } from './paper/reproductionFixture.js'
import { complaints, published, schemaFolder } from './publishedSchemas.js'

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
    assert.equal(complaints(json), '')
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
    assert.equal(complaints(printed(withSchema('plan', await planSamples(await options())))), '')
  })
}

test('the JSON of a study is as its schema says, also where a run diverged', async () => {
  const options = { dataset: 'statlog', share: 0.1, runs: 3, settings: { epochs: 2, pretrainEpochs: 1 } }
  const result = await runStudy({ ...options, device: 'cpu' })
  const json = printed(studyJson(result))
  assert.equal(complaints(json), '')
  const [first, ...others] = result.training.candidate
  assert.ok(first !== undefined)
  const divergence = { kind: 'not-finite', quantity: 'loss', phase: 'train', epoch: 2 } as const
  const candidate = [{ ...first, losses: Float64Array.of(1, Number.NaN), divergence }, ...others]
  const diverged = studyJson({ ...result, training: { ...result.training, candidate } })
  assert.equal(complaints(printed(diverged)), '')
})

test('the JSON of a figure of bars, of one of densities, and of an item that failed is as its schema says', () => {
  const items = [recall, density].map(reproductionJson)
  for (const json of items) assert.equal(complaints(printed(json)), '')
  assert.equal(complaints(printed(withSchema('reproduce-items', { items: [...items, failure] }))), '')
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
  assert.equal(complaints(printed(withSchema('sweep', sweep))), '')
})

test('schemas refuse what is not printed', async () => {
  const json = printed(compareJson(await compare(rows(), {}))) as { overall: Record<string, unknown> }
  const changed = (fields: Record<string, unknown>) => ({ ...json, overall: { ...json.overall, ...fields } })
  assert.equal(complaints(changed({})), '')
  for (const fields of [
    { xi: 2 },
    { xi: '0' },
    { interval: [0] },
    { interval: [0, 0, 0] },
    { direction: 'left' },
    { more: 1 },
  ]) {
    assert.notEqual(complaints(changed(fields)), '', JSON.stringify(fields))
  }
  const { overall: _, ...without } = json
  assert.notEqual(complaints(without), '')
  assert.notEqual(complaints({ ...json, schema: 'plan-1' }), '')
  assert.equal(complaints({ overall: json.overall }), 'the object names no schema')
})

test('the published files are what the code derives; `npm run schemas` writes them', () => {
  const derived = jsonSchemas()
  assert.deepEqual(readdirSync(schemaFolder).toSorted(), [...derived.keys()].toSorted())
  for (const [name, schema] of derived) assert.deepEqual(published(name), printed(schema), name)
})

test('docs/json.md names every schema', () => {
  const page = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8')
  for (const name of jsonSchemas().keys()) assert.ok(page.includes(`\`${name.replace('.json', '')}\``), name)
})
