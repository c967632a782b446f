import { allocate } from '../allocate.js'
import { at } from '../check.js'
import { counted, formatCount } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import type { ScoreArray } from '../native.js'
import { permutation } from '../random/permutation.js'
import { uniform } from '../random/uniform.js'
import type { ScorePair } from '../stats/bias/types.js'
import type { Detectors } from '../theory/options.js'
import type { CheckedScores } from './convergeOptions.js'
import { type NormalLaw, normalLaw } from './normalLaw.js'
import type { ConvergeSource, DrawRuns } from './sampleRuns.js'

/** Philox streams: of the test set's two draws, and from `runs` on of each cell's two. */
const streams = { test: 0x43565400, runs: 0x43565500 } as const

/**
 * Runs drawn with replacement from scores: independent samples of the law that gives each of them the same probability,
 * normals about their own scores (see {@link normalLaw}), by both detectors at the same place. ξ of that law at the target is
 * the ξ of the scores. A fixed test set is set aside first, and nothing of it is drawn.
 *
 * Errors: `EMPTY_SAMPLE` when the scores do not fill the test set and leave some to draw; those of `normalLaw`.
 */
export async function poolSource(scores: Detectors<ScorePair>, options: CheckedScores): Promise<ConvergeSource> {
  const { test, seed } = options
  if (test === 'fresh') return lawOf(scores, options)
  const size = { normal: scores.baseline.normal.length, anomalous: scores.baseline.anomalous.length }
  requireRoom(size, options)
  const { nTest } = options
  const setAside = (place: 0 | 1, rows: number, n: number) => {
    const order = permutation(rows, { seed, stream: streams.test + place })
    return { test: order.subarray(0, n), rest: order.subarray(n) }
  }
  const normal = setAside(0, size.normal, nTest)
  const anomalous = setAside(1, size.anomalous, testAnomalies(options))
  const part = (which: 'test' | 'rest'): Detectors<ScorePair> => ({
    baseline: pick(scores.baseline, normal[which], anomalous[which]),
    candidate: pick(scores.candidate, normal[which], anomalous[which]),
  })
  return { ...(await lawOf(part('rest'), options)), test: part('test') }
}

async function lawOf(population: Detectors<ScorePair>, options: CheckedScores): Promise<ConvergeSource> {
  const normals = {
    baseline: await normalLaw('baseline', population.baseline, options),
    candidate: await normalLaw('candidate', population.candidate, options),
  }
  return { population, normals, lanes: [drawFrom(population, normals, options.seed)] }
}

function drawFrom(
  { baseline, candidate }: Detectors<ScorePair>,
  normals: Detectors<NormalLaw>,
  seed: number,
): DrawRuns {
  return async ({ iCell, first, count, nNormal, nAnomalous }) => {
    const draw = (kind: 0 | 1, size: number, n: number): Float64Array => {
      const places = allocate(`the samples of ${count} runs`, count * n, (length) => new Float64Array(length))
      for (let run = 0; run < count; run++) {
        const place = { seed, stream: streams.runs + 2 * iCell + kind, replicate: first + run }
        uniform(places.subarray(run * n, (run + 1) * n), place)
      }
      return places.map((u) => u * size)
    }
    const normal = draw(0, baseline.normal.length, nNormal)
    const anomalous = Uint32Array.from(draw(1, baseline.anomalous.length, nAnomalous))
    const part = (law: NormalLaw, scores: ScorePair): ScorePair => ({
      normal: law.draw(normal),
      anomalous: rowsOf(scores.anomalous, anomalous),
    })
    return { baseline: part(normals.baseline, baseline), candidate: part(normals.candidate, candidate) }
  }
}

/** How many samples of each kind there are to draw from. */
type PoolSize = Readonly<Record<keyof ScorePair, number>>

/** Requires that a fixed test set leaves samples of both kinds to draw. Errors: `EMPTY_SAMPLE`. */
export function requireRoom(size: PoolSize, options: Pick<CheckedScores, 'test' | 'nTest' | 'alphas'>): void {
  if (options.test === 'fresh') return
  const taken = { normal: options.nTest, anomalous: testAnomalies(options) }
  for (const kind of ['normal', 'anomalous'] as const) {
    if (size[kind] > taken[kind]) continue
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `the fixed test set takes ${formatCount(taken[kind])} of ${counted(size[kind], `${kind} score`)}. That leaves none to draw runs from. Lower nTest`,
    )
  }
}

/** Normals of the largest fixed test set that leaves half of both kinds to draw from, at least one. */
export function fittingTest(size: PoolSize, alphas: readonly number[]): number {
  return Math.max(1, Math.floor(Math.min(size.normal / 2, size.anomalous / 2 / Math.max(...alphas))))
}

/** Sizes of runs that a pool of normals can tell apart: 100, 200, 500, … up to their number, at least two. */
export function fittingSizes(nNormal: number): number[] {
  const sizes = [100, 200, 500, 1000, 2000, 5000, 10_000]
  return sizes.filter((size, i) => i < 2 || size <= nNormal)
}

/** Anomalies of the fixed test set, for its largest α. */
export function testAnomalies({ alphas, nTest }: Pick<CheckedScores, 'alphas' | 'nTest'>): number {
  return Math.max(...alphas.map((alpha) => Math.max(1, Math.round(alpha * nTest))))
}

function pick(scores: ScorePair, normal: Uint32Array, anomalous: Uint32Array): ScorePair {
  return { normal: rowsOf(scores.normal, normal), anomalous: rowsOf(scores.anomalous, anomalous) }
}

function rowsOf(scores: ScoreArray, rows: Uint32Array): ScoreArray {
  const picked = new (scores instanceof Float32Array ? Float32Array : Float64Array)(rows.length)
  for (let i = 0; i < rows.length; i++) picked[i] = at(scores, at(rows, i))
  return picked
}
