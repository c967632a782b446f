import { throwIfAborted } from '../abort.js'
import { list, requireOptions, text } from '../check.js'
import { convergeTrainings } from '../converge/converge.js'
import { ScoringBiasError } from '../errors.js'
import { studyTrainings } from '../study/runStudy.js'
import type { TrainingPart } from '../study/trainingPlan.js'
import { paperItem, paperItems } from './paperItems.js'
import { convergenceStudy, reproduceConvergence } from './reproduceConvergence.js'
import { densityStudy, reproduceDensity } from './reproduceDensity.js'
import { reproduceDetectors } from './reproduceDetectors.js'
import { checkReproduceOptions, type ReproduceOptions, reproduceChecks } from './reproduceOptions.js'
import { recallTrainings, reproduceRecall, reproduceTable } from './reproduceTables.js'
import type { FailedReproduction, Reproduction } from './types.js'

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

/** What `reproduce` trains, data set by data set. Errors, at once and when it is planned: those of `reproduce` before anything is trained. */
export function reproductionTrainings(name: string, options: ReproduceOptions = {}): TrainingPart {
  const item = paperItem(name)
  const checked = checkReproduceOptions(options)
  switch (item.kind) {
    case 'detectors':
      return async () => []
    case 'table':
    case 'recall':
      return () => recallTrainings(item, checked)
    case 'density':
      return studyTrainings(densityStudy(item, checked))
    case 'convergence':
      return convergeTrainings(convergenceStudy(item, checked))
  }
}

export interface ReproduceAllOptions extends ReproduceOptions {
  /** Names of tables and figures; default: all, Tables 2–11 and then Figures 1–17. */
  readonly items?: readonly string[] | undefined
}

/**
 * Repeats tables and figures, one after the other, and gives each as soon as it is there. One that fails, for want of its
 * data say, comes as a `failure`, and the others follow. `runs` is meant for tables and Figure 3: figures of ξ̂ by sample
 * size keep the number that their size stands for. Progress names the item in its phase.
 *
 * @throws those of the options, before anything is trained, and `ABORTED`
 *
 * @example
 * for await (const result of reproduceAll({ items: ['table4', 'table7'] })) console.log(reproductionText(result))
 */
export async function* reproduceAll(
  options: ReproduceAllOptions = {},
): AsyncGenerator<Reproduction | FailedReproduction, void> {
  const given = requireOptions('reproduceAll', options, { ...reproduceChecks, items: list(text) })
  const { items: names, onProgress, runs, ...rest } = given
  const items = names?.map(paperItem) ?? paperItems
  for (const [i, { name, title, kind }] of items.entries()) {
    try {
      yield await reproduce(name, {
        ...rest,
        runs: kind === 'convergence' ? undefined : runs,
        onProgress: ({ phase, ...at }) =>
          onProgress?.({ phase: `${name} (${i + 1} of ${items.length}), ${phase}`, ...at }),
      })
    } catch (error) {
      if (error instanceof ScoringBiasError && error.code === 'ABORTED') throw error
      yield failureOf(name, title, error)
    }
  }
}

function failureOf(item: string, title: string, error: unknown): FailedReproduction {
  const failure = { kind: 'failure', item, title } as const
  if (error instanceof ScoringBiasError) return { ...failure, code: error.code, reason: error.message }
  return { ...failure, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
