import { throwIfAborted } from '../abort.js'
import { paperItem } from './paperItems.js'
import { reproduceConvergence } from './reproduceConvergence.js'
import { reproduceDensity } from './reproduceDensity.js'
import { reproduceDetectors } from './reproduceDetectors.js'
import { checkReproduceOptions, type ReproduceOptions } from './reproduceOptions.js'
import { reproduceRecall } from './reproduceRecall.js'
import { reproduceTable } from './reproduceTable.js'
import type { Reproduction } from './types.js'

/**
 * Repeats one of Tables 2–11 or Figures 1–17 of Ye, Chen and Zheng (IJCAI 2021) with the published settings; `kind` of
 * the result says what it is.
 *
 * - `detectors` (Table 2): the detectors that there are, by type.
 * - `table` (Tables 3–11): recall of all six on every class of anomalies, with ξ and arrows, beside the printed figures.
 * - `recall` (Figure 3): the same of Deep SVDD and Deep SAD in four scenarios.
 * - `density` (Figures 1 and 4–8): scores of normal samples and of labelled anomalies, of one run.
 * - `convergence` (Figures 2 and 9–17): ξ̂ and FPR by sample size.
 *
 * Equal options give equal results on one machine, whatever the number of workers. StatLog takes two seconds a run on two
 * idle cores, synthetic data ten; the other data sets' convolutions and LSTMs take hours at full size, minutes at `quick`.
 *
 * @param name for example `table4`
 * @throws `UNKNOWN_NAME`, and those of `runStudy` and `converge`
 */
export async function reproduce(name: string, options: ReproduceOptions = {}): Promise<Reproduction> {
  const item = paperItem(name)
  const checked = checkReproduceOptions(options)
  throwIfAborted(checked.signal)
  switch (item.kind) {
    case 'detectors':
      return reproduceDetectors(item)
    case 'table':
      return reproduceTable(item, checked)
    case 'recall':
      return reproduceRecall(item, checked)
    case 'density':
      return reproduceDensity(item, checked)
    case 'convergence':
      return reproduceConvergence(item, checked)
  }
}
