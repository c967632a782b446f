import { requireKnown } from '../check.js'
import { converge } from '../converge/converge.js'
import type { Convergence, ConvergeOptions } from '../converge/types.js'
import { ScoringBiasError } from '../errors.js'
import { paperItem } from './paperItems.js'
import { type ReproductionSize, reproductionSizes } from './reproductionSizes.js'

/** Runs of each size and fraction; the paper has 1,500. */
const runsOf: Readonly<Record<ReproductionSize, number>> = { quick: 100, default: 1500, full: 1500 }

export interface ReproduceFigureOptions
  extends Pick<
    ConvergeOptions,
    'runs' | 'epochs' | 'pretrainEpochs' | 'device' | 'workers' | 'seed' | 'signal' | 'onProgress'
  > {
  /** Default `default`; decides `runs` where that is not given. */
  readonly size?: ReproductionSize | undefined
}

/**
 * Repeats one of the figures of Ye, Chen and Zheng (2021) that show ξ̂ and the FPR by sample size, on synthetic data (Figures
 * 2, 9, 10, 11) or StatLog (17), by the paper's protocol: all runs measure ξ̂ on one test set. `convergeSvg` draws it.
 *
 * @param name for example `figure2`
 * @throws `UNKNOWN_NAME` also for figures that this version does not reproduce, and those of `converge`
 */
export async function reproduceFigure(name: string, options: ReproduceFigureOptions = {}): Promise<Convergence> {
  const item = paperItem(name)
  const { convergence } = item
  if (convergence === undefined) {
    throw new ScoringBiasError(
      'UNKNOWN_NAME',
      `this version does not reproduce ${name} (${item.title}); \`scoring-bias reproduce list\` says what it does`,
    )
  }
  const { size = 'default', runs, ...rest } = options
  const defaultRuns = runsOf[requireKnown('size', size, reproductionSizes)]
  return converge({ ...rest, ...convergence, runs: runs ?? defaultRuns, test: 'fixed' })
}
