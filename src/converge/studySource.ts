import type { CheckedScores } from './convergeOptions.js'
import { planCells, sampleRuns, samplesOfRuns } from './sampleRuns.js'
import type { ConvergeSource } from './source.js'
import { rateOf, summariseCell, truthOf } from './summary.js'
import type { ConvergenceCell, ScoreConvergence } from './types.js'

/** Draws all runs from a source and says what they converge to, and how fast. */
export async function studySource(source: ConvergeSource, options: CheckedScores): Promise<ScoreConvergence> {
  const { sizes, alphas, runs, fpr, thresholdRule, test, nTest, delta, seed, onProgress } = options
  const began = performance.now()
  const truth = await truthOf(source, options)
  const plans = planCells(options)
  const total = samplesOfRuns(options, plans)
  let done = 0
  const progress = (nSamples: number): void => {
    done += nSamples
    onProgress?.({ phase: 'drawing samples', done, total })
  }
  progress(0)
  const drawn = await sampleRuns(source, plans, options, progress)
  const samplingSeconds = (performance.now() - began) / 1000
  const cells: ConvergenceCell[] = []
  for (const cell of drawn) cells.push(await summariseCell(cell, truth, options))
  return {
    sizes,
    alphas,
    runs,
    fpr,
    thresholdRule,
    test,
    ...(test === 'fixed' && { nTest }),
    delta,
    seed,
    truth,
    cells,
    rates: alphas.map((alpha) => rateOf(alpha, drawn)),
    nScored: total,
    samplingSeconds,
    warnings: warningsOf(cells, options),
  }
}

function warningsOf(cells: readonly ConvergenceCell[], { fpr }: CheckedScores): string[] {
  const tooFew = [...new Set(cells.map(({ n }) => n).filter((n) => n * fpr < 1))]
  if (tooFew.length === 0) return []
  return [
    `${tooFew.join(', ')} normal samples are too few for a false-positive rate of ${fpr}: the threshold is the largest score`,
  ]
}
