import { list, requireOptions, text } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { paperItem, paperItems } from './paperItems.js'
import { reproduce } from './reproduce.js'
import { type ReproduceOptions, reproduceChecks } from './reproduceOptions.js'
import type { FailedReproduction, Reproduction } from './types.js'

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
