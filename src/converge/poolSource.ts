import { ScoringBiasError } from '../errors.js'
import type { ScoreArray } from '../native.js'
import { permutation } from '../random/permutation.js'
import { uniform } from '../random/uniform.js'
import type { ScorePair } from '../stats/relativeBiasTypes.js'
import type { CheckedScoresOptions } from './convergeOptions.js'
import type { Both, ConvergeSource, DrawRuns } from './source.js'

/** Philox streams: of the test set's two draws, and from `runs` on of each cell's two. */
const streams = { test: 0x43565400, runs: 0x43565500 } as const

/**
 * Runs drawn with replacement from scores: independent samples of the law that gives each of them the same probability. ξ of
 * that law is known exactly. A fixed test set is set aside first, and nothing of it is drawn.
 *
 * Errors: `EMPTY_SAMPLE` when the scores do not fill the test set and leave some to draw.
 */
export function poolSource(scores: Both<ScorePair>, options: CheckedScoresOptions): ConvergeSource {
  const { test, seed } = options
  if (test === 'fresh') return { population: scores, populationIsLaw: true, lanes: [drawFrom(scores, seed)] }
  const { nTest, alphas } = options
  const nAnomalous = Math.max(...alphas.map((alpha) => Math.max(1, Math.round(alpha * nTest))))
  const normal = setAside('normal', scores.baseline.normal.length, nTest, seed)
  const anomalous = setAside('anomalous', scores.baseline.anomalous.length, nAnomalous, seed)
  const part = (which: 'test' | 'rest'): Both<ScorePair> => ({
    baseline: pick(scores.baseline, normal[which], anomalous[which]),
    candidate: pick(scores.candidate, normal[which], anomalous[which]),
  })
  const rest = part('rest')
  return { population: rest, populationIsLaw: true, test: part('test'), lanes: [drawFrom(rest, seed)] }
}

function drawFrom({ baseline, candidate }: Both<ScorePair>, seed: number): DrawRuns {
  return async ({ iCell, first, count, nNormal, nAnomalous }) => {
    const draw = (kind: 0 | 1, size: number, n: number): Uint32Array => {
      const rows = new Uint32Array(count * n)
      for (let run = 0; run < count; run++) {
        const at = { seed, stream: streams.runs + 2 * iCell + kind, replicate: first + run }
        rows.set(
          uniform(n, at).map((u) => Math.floor(u * size)),
          run * n,
        )
      }
      return rows
    }
    const normal = draw(0, baseline.normal.length, nNormal)
    const anomalous = draw(1, baseline.anomalous.length, nAnomalous)
    return { baseline: pick(baseline, normal, anomalous), candidate: pick(candidate, normal, anomalous) }
  }
}

/** `n` of `size` rows, chosen at random, and the others. */
function setAside(kind: 'normal' | 'anomalous', size: number, n: number, seed: number) {
  if (size <= n) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `there are ${size} ${kind} scores; a fixed test set of ${n} leaves none to draw runs from: lower nTest`,
    )
  }
  const order = permutation(size, { seed, stream: streams.test + (kind === 'normal' ? 0 : 1) })
  return { test: order.subarray(0, n), rest: order.subarray(n) }
}

function pick(scores: ScorePair, normal: Uint32Array, anomalous: Uint32Array): ScorePair {
  return { normal: rowsOf(scores.normal, normal), anomalous: rowsOf(scores.anomalous, anomalous) }
}

function rowsOf(scores: ScoreArray, rows: Uint32Array): ScoreArray {
  const picked = new (scores instanceof Float32Array ? Float32Array : Float64Array)(rows.length)
  for (let i = 0; i < rows.length; i++) picked[i] = scores[rows[i] ?? 0] ?? Number.NaN
  return picked
}
