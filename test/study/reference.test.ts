import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { meanSd } from '../../src/stats/meanSd.js'
import { runStudy } from '../../src/study/runStudy.js'
import type { MeanSd } from '../../src/study/types.js'

const nRuns = 10
/** Pairs of detectors, which a study trains at once. */
const pairs = [
  ['deep-svdd', 'deep-sad'],
  ['ae', 'hsc'],
  ['sae', 'abc'],
] as const
type Name = (typeof pairs)[number][number]

const classes = ['damp grey soil', 'red soil', 'grey soil', 'vegetation stubble', 'cotton crop'] as const

/** Mean and standard deviation of TPR over ten seeds of a PyTorch reference program, in the order of `classes`. */
const listed: Readonly<Record<Name, readonly (readonly [mean: number, sd: number])[]>> = {
  'deep-svdd': [
    [0.15, 0.03],
    [0.74, 0.17],
    [0.68, 0.1],
    [0.45, 0.09],
    [0.95, 0.04],
  ],
  'deep-sad': [
    [0.81, 0.02],
    [0.89, 0.06],
    [0.91, 0.02],
    [0.25, 0.06],
    [0.67, 0.23],
  ],
  hsc: [
    [0.81, 0.02],
    [0.9, 0.06],
    [0.93, 0.01],
    [0.23, 0.05],
    [0.92, 0.05],
  ],
  ae: [
    [0, 0],
    [0, 0],
    [0.01, 0],
    [0.34, 0],
    [0.89, 0],
  ],
  sae: [
    [0.05, 0.02],
    [0, 0],
    [0.04, 0.02],
    [0.35, 0.01],
    [0.9, 0.01],
  ],
  abc: [
    [0, 0],
    [0, 0],
    [0.09, 0.07],
    [0.35, 0.01],
    [0.91, 0.01],
  ],
}

/** TPR in every run of test/oracle/statlog_torch.py. */
const oracle: { readonly runs: number } & Readonly<Record<Name, Readonly<Record<string, readonly number[]>>>> =
  JSON.parse(readFileSync(new URL('../oracle/statlog_torch.json', import.meta.url), 'utf8'))

interface Reference {
  readonly mean: number
  readonly sd: number
  readonly runs: number
  /** The reference's mean is known to this. */
  readonly rounding: number
}

/** Holds two means over runs to within three standard errors of their difference. */
function agree(what: string, ours: MeanSd, { mean, sd, runs, rounding }: Reference): void {
  const standardError = Math.sqrt(ours.sd ** 2 / nRuns + sd ** 2 / runs)
  const difference = Math.abs(ours.mean - mean)
  assert.ok(
    difference <= 3 * standardError + rounding,
    `${what}: ${ours.mean} ± ${ours.sd} against ${mean} ± ${sd}, a standard error of ${standardError}`,
  )
}

describe('ten StatLog runs with the published settings', () => {
  const ours = new Map<Name, ReadonlyMap<string, MeanSd>>()
  before(async () => {
    for (const [baseline, candidate] of pairs) {
      const study = await runStudy({
        dataset: 'statlog',
        baseline,
        candidate,
        runs: nRuns,
        resamples: 100,
        device: 'cpu',
      })
      ours.set(baseline, new Map(study.classes.map((one) => [one.name, one.tprBaseline])))
      ours.set(candidate, new Map(study.classes.map((one) => [one.name, one.tprCandidate])))
    }
  })

  for (const name of pairs.flat()) {
    const tpr = (tested: string) => ours.get(name)?.get(tested) ?? { mean: Number.NaN, sd: Number.NaN }

    it(`${name}: recall agrees with the listed means of ten seeds of a PyTorch program`, () => {
      for (const [i, tested] of classes.entries()) {
        const [mean, sd] = listed[name][i] ?? [Number.NaN, Number.NaN]
        agree(tested, tpr(tested), { mean, sd, runs: 10, rounding: 0.005 })
      }
    })

    it(`${name}: recall agrees with every run of test/oracle/statlog_torch.py`, () => {
      for (const tested of classes) {
        const { mean, sd } = meanSd(Float64Array.from(oracle[name][tested] ?? []))
        agree(tested, tpr(tested), { mean, sd, runs: oracle.runs, rounding: 0 })
      }
    })
  }
})
