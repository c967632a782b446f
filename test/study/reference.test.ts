import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { meanSd } from '../../src/stats/meanSd.js'
import type { MeanSd } from '../../src/study/core/types.js'
import { runStudy } from '../../src/study/runStudy.js'
import { pooledError } from '../oracle/pooledError.js'
import { statlogTorch } from '../oracle/statlogTorch.js'

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

/** Standard errors that a mean may differ from the listed ones by. */
const listedErrors = 3
/** For the oracle, where 30 cells are compared without any rounding: one of a correct program's lies beyond in 1 % of trials. */
const oracleErrors = 4

function agree(tested: string, ours: MeanSd, reference: MeanSd, allowed: number, standardError: number): void {
  const text = `${tested}: ${ours.mean} ± ${ours.sd} against ${reference.mean} ± ${reference.sd}`
  assert.ok(Math.abs(ours.mean - reference.mean) <= allowed, `${text}, a standard error of ${standardError}`)
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
        const standardError = Math.sqrt((tpr(tested).sd ** 2 + sd ** 2) / nRuns)
        // The listed means are rounded to two digits.
        agree(tested, tpr(tested), { mean, sd }, listedErrors * standardError + 0.005, standardError)
      }
    })

    it(`${name}: recall agrees with the runs of test/oracle/statlog_torch.py`, () => {
      for (const tested of classes) {
        const ours = tpr(tested)
        const reference = meanSd(statlogTorch.detectors[name].tpr[tested] ?? [])
        const standardError = pooledError(ours.sd, nRuns, reference.sd, statlogTorch.runs)
        agree(tested, ours, reference, oracleErrors * standardError, standardError)
      }
    })
  }
})
