import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { readScores } from '../../src/compare/readScores.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { meanSd } from '../../src/stats/meanSd.js'

interface Row {
  readonly class: string | null
  readonly n: number
  readonly tpr: readonly [number, number]
  readonly xi: number
}

interface Case {
  readonly name: string
  readonly fpr: number
  readonly csv: string
  readonly detectors: readonly {
    readonly name: string
    readonly threshold: number
    readonly fpr: number
    readonly tiesNormal: number
    readonly tiesAnomalous: number
    readonly testFpr?: number
  }[]
  readonly candidates: readonly { readonly name: string; readonly rows: readonly Row[] }[]
  readonly percentile?: {
    readonly level: number
    readonly resamples: number
    readonly mean: readonly number[]
    readonly sd: readonly number[]
  }
}

const oracle = async (name: string) => JSON.parse(await readFile(new URL(`../oracle/${name}`, import.meta.url), 'utf8'))
const cases: Case[] = await oracle('compare_numpy.json')
const folder = await mkdtemp(join(tmpdir(), 'compare-'))
after(() => rm(folder, { recursive: true }))

async function scoresOf({ csv, detectors }: Case) {
  const path = join(folder, 'scores.csv')
  await writeFile(path, csv)
  const [baseline, ...candidates] = detectors.map(({ name }) => name)
  return readScores(path, { baseline, candidates })
}

describe('compare and an independent program in numpy', () => {
  for (const one of cases) {
    for (const engine of one.candidates.length === 1 ? (['tree', 'direct'] as const) : (['direct', 'tree'] as const)) {
      it(`give the same thresholds, rates and ξ, exactly: ${one.name}, ${engine}`, async () => {
        const compared = await compare(await scoresOf(one), { fpr: one.fpr, resamples: 50, engine })
        const detectors = [compared.baseline, ...compared.candidates.map(({ candidate }) => candidate)]
        assert.deepEqual(
          detectors.map(({ name, threshold, validationFpr: fpr, testFpr, ties }) => ({
            name,
            threshold,
            fpr: fpr.rate,
            tiesNormal: ties.normal,
            tiesAnomalous: ties.anomalous,
            ...(testFpr && { testFpr: testFpr.rate }),
          })),
          one.detectors,
        )
        for (const [i, { candidate, overall, classes }] of compared.candidates.entries()) {
          const rows = [{ ...overall, name: null }, ...classes].map(({ name, n, tprBaseline, tprCandidate, xi }) => ({
            class: name,
            n,
            tpr: [tprBaseline.rate, tprCandidate.rate],
            xi,
          }))
          assert.deepEqual({ name: candidate.name, rows }, one.candidates[i])
        }
      })
    }
  }
})

it('percentile intervals agree with scipy.stats.bootstrap within Monte Carlo error', async () => {
  const one = cases.find(({ percentile }) => percentile !== undefined)
  const { level, resamples, mean, sd } = one?.percentile ?? assert.fail('no case has intervals')
  const data = await scoresOf(one ?? assert.fail())
  for (const engine of ['tree', 'direct'] as const) {
    for (const seed of [0, 1, 2]) {
      const { candidates } = await compare(data, {
        fpr: one?.fpr,
        level,
        resamples,
        seed,
        intervalMethod: 'percentile',
        engine,
      })
      const bounds = candidates[0]?.overall.interval ?? assert.fail()
      for (const [i, bound] of bounds.entries()) {
        const error = Math.abs(bound - (mean[i] ?? Number.NaN)) / (sd[i] ?? Number.NaN)
        assert.ok(error < 4, `${engine}, seed ${seed}: bound ${i} is ${error} standard deviations off`)
      }
    }
  }
})

it('sensitivities at an attained specificity and the bootstrap’s z agree with pROC', async () => {
  const { sensitivity, z }: { sensitivity: number[]; z: number[] } = await oracle('compare_proc.json')
  const data = await scoresOf(cases[0] ?? assert.fail())
  const { overall } = (await compare(data, { resamples: 50 })).candidates[0] ?? assert.fail()
  assert.ok(Math.abs(overall.tprBaseline.rate - (sensitivity[0] ?? 0)) < 1e-12)
  assert.ok(Math.abs(overall.tprCandidate.rate - (sensitivity[1] ?? 0)) < 1e-12)
  const [baseline, candidate] = [0, 1].map((d) => ({
    normal: data.validation[d] ?? assert.fail(),
    anomalous: data.anomalous[d] ?? assert.fail(),
  }))
  const { xi, replicates } = await relativeBias(
    { baseline: baseline ?? assert.fail(), candidate: candidate ?? assert.fail() },
    { replicates: true, resamples: 20_000 },
  )
  const ours = xi / meanSd(replicates?.xi ?? assert.fail()).sd
  const theirs = meanSd(z)
  const error = Math.abs(ours - theirs.mean) / theirs.sd
  assert.ok(error < 4, `z is ${ours}, pROC's ${theirs.mean} ± ${theirs.sd}`)
})
