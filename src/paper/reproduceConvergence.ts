import { converge } from '../converge/converge.js'
import type { ConvergeOptions } from '../converge/types.js'
import { provenance } from '../study/core/provenance.js'
import { type ConvergenceItem, headOf } from './paperItems.js'
import { pretrainingNotes, simulatedNotes } from './paperNotes.js'
import { type CheckedReproduceOptions, reproductionSize, settingsOf, workAsked } from './reproduceOptions.js'
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
  const { size } = options
  const { dataset, baseline, candidate } = item.convergence
  const result = await converge(convergenceStudy(item, options))
  return {
    ...headOf(item),
    size,
    paperRuns: reproductionSize(dataset, 'full', 'figures').runs,
    ...result,
    notes: [
      protocolNote,
      ...pretrainingNotes([baseline, candidate], result.training.pretrainEpochs),
      ...simulatedNotes(dataset, result.simulated),
    ],
    ...provenance(began, result.attribution),
  }
}

/** The convergence study that the figure shows. */
export function convergenceStudy({ convergence }: ConvergenceItem, options: CheckedReproduceOptions): ConvergeOptions {
  const { seed, device, workers, dataDir, dataSeed, store, signal, onProgress } = options
  const work = workAsked(options, convergence.dataset, 'figures')
  const { runs, share } = work
  return {
    ...convergence,
    settings: settingsOf(work),
    ...{ runs, share, dataDir, dataSeed, seed, device, workers, store, signal, onProgress },
    test: 'fixed',
    thresholdRule: 'supremum',
  }
}
