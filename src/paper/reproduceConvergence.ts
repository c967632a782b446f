import { converge } from '../converge/converge.js'
import { provenance } from '../study/core/provenance.js'
import type { ConvergenceItem } from './paperItems.js'
import { simulatedNote } from './paperNotes.js'
import { paperUse } from './paperUse.js'
import { type CheckedReproduceOptions, workAsked } from './reproduceOptions.js'
import { convergenceSize } from './reproductionSizes.js'
import type { ConvergenceReproduction } from './types.js'

const protocolNote =
  'thresholds are those of Algorithm 1 to the letter (supremum), max{u : F̂₀(u) ≤ q}, whose mean FPR is 0.0495 at n = 100 and nears ' +
  'the target from there; the smallest threshold whose empirical FPR is at most the target, the default of converge, has 0.0594 there'

/**
 * Repeats one of Figures 2 and 9–17 by the paper's protocol: all runs measure ξ̂ on one test set, with thresholds by
 * Algorithm 1 to the letter, for which the mean FPR hardly depends on n.
 */
export async function reproduceConvergence(
  item: ConvergenceItem,
  options: CheckedReproduceOptions,
): Promise<ConvergenceReproduction> {
  const began = performance.now()
  const { size, seed, device, workers, dataDir, dataSeed, signal, onProgress } = options
  const { dataset } = item.convergence
  const { runs, epochs, pretrainEpochs, share } = workAsked(options, convergenceSize(dataset, size))
  const result = await converge({
    ...item.convergence,
    settings: { epochs, pretrainEpochs },
    ...{ runs, share, dataDir, dataSeed, seed, device, workers, signal, onProgress },
    test: 'fixed',
    thresholdRule: 'supremum',
  })
  return {
    kind: 'convergence',
    item: item.name,
    title: item.title,
    size,
    paperRuns: convergenceSize(dataset, 'full').runs,
    ...result,
    notes: [protocolNote, ...(result.simulated && !paperUse(dataset).simulated ? [simulatedNote] : [])],
    ...provenance(began, result.attribution),
  }
}
