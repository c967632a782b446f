import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { compare, compareRange, compareSeeds, compareTargets } from '../../src/index.js'
import { reproduce } from '../../src/rooms/paper.js'
import * as report from '../../src/rooms/report.js'
import { anomalyMatrix, converge, labelSweep } from '../../src/rooms/study.js'
import { planSamples } from '../../src/theory/planSamples.js'
import { study } from './study/studyFixture.js'

const wave = (n: number, k: number) => Float64Array.from({ length: n }, (_, i) => Math.sin(k * i * i))
const scores = {
  source: 'example',
  detectors: ['old', 'new'],
  validation: [wave(40, 1), wave(40, 2)],
  anomalous: [wave(30, 3), wave(30, 4)],
}
const trained = {
  ...scores,
  detectors: ['o1', 'o2', 'n1', 'n2'],
  validation: [1, 2, 3, 4].map((k) => wave(40, k)),
  anomalous: [5, 6, 7, 8].map((k) => wave(30, k)),
  trainings: { baseline: 'old', candidate: 'new', nBaseline: 2 },
}
const quick = { resamples: 200 }
const training = {
  dataset: 'statlog',
  share: 0.05,
  runs: 2,
  settings: { epochs: 1, pretrainEpochs: 1 },
  device: 'cpu',
} as const
const answers = {
  compare: await compare(scores, { fpr: 0.2, ...quick }),
  compareTargets: await compareTargets(scores, { fprs: [0.2, 0.3], ...quick }),
  compareRange: await compareRange(scores, { fprRange: [0.2, 0.4], ...quick }),
  compareSeeds: await compareSeeds(trained, { fpr: 0.2, ...quick }),
  runStudy: study,
  anomalyMatrix: await anomalyMatrix({ ...training, ...quick }),
  labelSweep: await labelSweep({ ...training, labelled: [1, 5], contamination: [0], ...quick }),
  converge: await converge({
    dataset: 'synthetic',
    settings: training.settings,
    share: 0.02,
    sizes: [50, 100],
    runs: 5,
    device: 'cpu',
  }),
  planSamples: planSamples({ precision: 0.1 }),
  reproduce: await reproduce('table2'),
}
type Kind = keyof typeof answers

const comparison = ['Text', 'Report', 'Json', 'Csv']
/** What shows an answer: the beginning of the names of the functions, and their ends. */
const shown: Readonly<Record<Kind, readonly [noun: string, prefix: string, endings: readonly string[]]>> = {
  compare: ['comparison', 'compare', comparison],
  compareTargets: ['comparison', 'compare', comparison],
  compareRange: ['comparison', 'range', comparison],
  compareSeeds: ['comparison', 'seed', comparison],
  runStudy: ['result', 'study', ['Text', 'Report', 'Json']],
  anomalyMatrix: ['matrix', 'matrix', ['Text', 'Report', 'Svg']],
  labelSweep: ['sweep', 'sweep', ['Text', 'Report', 'Svg']],
  converge: ['result', 'converge', ['Text', 'Report', 'Svg']],
  planSamples: ['plan', 'plan', ['Text', 'Report', 'Svg']],
  reproduce: ['result', 'reproduction', ['Text', 'Report', 'Json', 'Csv', 'Svg']],
}
const all = Object.entries(shown) as [Kind, (typeof shown)[Kind]][]

describe('what shows an answer refuses another with the function for it', () => {
  const names = new Set(all.flatMap(([, [, prefix, endings]]) => endings.map((ending) => `${prefix}${ending}`)))
  for (const name of names) {
    const own = all.filter(([, [, prefix, endings]]) => endings.some((ending) => name === `${prefix}${ending}`))
    const kinds = own.map(([kind]) => kind)
    const noun = own[0]?.[1][0]
    const wanted = `what ${kinds.join(' or ')} gives`
    it(name, async () => {
      const show = Reflect.get(report, name) as (answer: unknown, data?: unknown) => unknown
      const made = async (one: unknown) => show(one, name === 'compareReport' ? scores : undefined)
      for (const [kind, [, prefix, endings]] of all) {
        const answer = answers[kind]
        if (kinds.includes(kind)) {
          // Tables have no picture.
          if (name !== 'reproductionSvg') assert.ok(await made(answer))
          continue
        }
        const way = `Use ${prefix}${endings.find((ending) => name.endsWith(ending)) ?? 'Report'}`
        const message = `the ${noun} of ${name} must be ${wanted}, got what ${kind} gives. ${way}`
        await assert.rejects(made(answer), { name: 'ScoringBiasError', code: 'WRONG_TYPE', message })
      }
      for (const stranger of [undefined, null, {}, [], 5, { targets: [] }, Promise.resolve(answers.compare)]) {
        const message = new RegExp(`^the ${noun} of ${name} must be ${wanted}, got `)
        await assert.rejects(made(stranger), { name: 'ScoringBiasError', code: 'WRONG_TYPE', message })
      }
    })
  }

  it('a gallery, by the entry', () => {
    const entries = [{ result: answers.reproduce }, { result: answers.runStudy }] as never
    const { reproductionGallery, reproductionMarkdown } = report
    for (const [name, gallery] of Object.entries({ reproductionGallery, reproductionMarkdown })) {
      const message = `the result of entries[1] in ${name} must be what reproduce gives, got what runStudy gives. Use studyReport`
      assert.throws(() => gallery(entries), { name: 'ScoringBiasError', code: 'WRONG_TYPE', message })
      const wrong = { name: 'ScoringBiasError', code: 'WRONG_TYPE' }
      for (const stranger of [undefined, null, [null], [{}]]) assert.throws(() => gallery(stranger as never), wrong)
    }
  })

  it('a written item, before its folder is made', async () => {
    const message = 'the result of writeReproduction must be what reproduce gives, got null'
    await assert.rejects(report.writeReproduction('nowhere', null as never), { code: 'WRONG_TYPE', message })
    assert.ok(!existsSync('nowhere'))
  })

  it('the page of a study that was printed as JSON and has lost its scores', async () => {
    const printed = JSON.parse(JSON.stringify(report.studyJson(study)))
    const message = /^scores of the result must be an object, got undefined$/
    await assert.rejects(report.studyReport(printed), { code: 'WRONG_TYPE', message })
  })
})

describe('a report without the scores that were compared is refused', () => {
  const data: readonly [what: string, given: unknown, message: RegExp][] = [
    ['nothing', undefined, /^data must be the scores that were compared, as an object of arrays, got undefined$/],
    [
      'rows',
      [{ label: 0, old: 1, new: 2 }],
      /^data must be the scores that were compared, as an object of arrays, got Array$/,
    ],
    ['nothing in it', {}, /^data\.source must be a string, got undefined$/],
    ['no detectors', { ...scores, detectors: undefined }, /^data\.detectors must be an array, got undefined$/],
    ['no normal scores', { ...scores, validation: undefined }, /^data\.validation must be an array with/],
    [
      'plain arrays',
      { ...scores, anomalous: [[1], [2]] },
      /^data\.anomalous\[0\] must be a Float32Array or Float64Array, got an Array/,
    ],
  ]
  for (const [what, given, message] of data) {
    it(what, async () => {
      const made = report.compareReport(answers.compare, given as never)
      await assert.rejects(made, { name: 'ScoringBiasError', code: 'WRONG_TYPE', message })
    })
  }
})
