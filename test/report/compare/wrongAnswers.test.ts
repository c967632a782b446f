import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compare, compareRange, compareSeeds, compareTargets } from '../../../src/index.js'
import * as report from '../../../src/rooms/report.js'

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
const answers = {
  compare: await compare(scores, { fpr: 0.2, ...quick }),
  compareTargets: await compareTargets(scores, { fprs: [0.2, 0.3], ...quick }),
  compareRange: await compareRange(scores, { fprRange: [0.2, 0.4], ...quick }),
  compareSeeds: await compareSeeds(trained, { fpr: 0.2, ...quick }),
}
type Kind = keyof typeof answers
const takes: Readonly<Record<string, readonly [prefix: string, kinds: readonly Kind[]]>> = {
  compareJson: ['compare', ['compare', 'compareTargets']],
  compareText: ['compare', ['compare', 'compareTargets']],
  compareCsv: ['compare', ['compare', 'compareTargets']],
  compareReport: ['compare', ['compare', 'compareTargets']],
  ...Object.fromEntries(['Json', 'Text', 'Csv', 'Report'].map((as) => [`range${as}`, ['range', ['compareRange']]])),
  ...Object.fromEntries(['Json', 'Text', 'Csv', 'Report'].map((as) => [`seed${as}`, ['seed', ['compareSeeds']]])),
}
const prefixes = { compare: 'compare', compareTargets: 'compare', compareRange: 'range', compareSeeds: 'seed' }

describe('what shows an answer refuses another with the function for it', () => {
  for (const [name, [prefix, kinds]] of Object.entries(takes)) {
    it(name, async () => {
      const show = Reflect.get(report, name) as (comparison: unknown, data?: unknown) => unknown
      const shown = async (one: unknown) => show(one, name === 'compareReport' ? scores : undefined)
      for (const [kind, answer] of Object.entries(answers) as [Kind, unknown][]) {
        if (kinds.includes(kind)) {
          assert.ok(await shown(answer))
          continue
        }
        const way = `Use ${prefixes[kind]}${name.slice(prefix.length)}`
        const wanted = `what ${kinds.join(' or ')} gives`
        const message = `the comparison of ${name} must be ${wanted}, got what ${kind} gives. ${way}`
        await assert.rejects(shown(answer), { name: 'ScoringBiasError', code: 'WRONG_TYPE', message })
      }
      for (const stranger of [undefined, null, {}, [], 5, { targets: [] }, Promise.resolve(answers.compare)]) {
        const message = new RegExp(`^the comparison of ${name} must be what .+ gives, got `)
        await assert.rejects(shown(stranger), { name: 'ScoringBiasError', code: 'WRONG_TYPE', message })
      }
    })
  }
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
