import { type ClusterCommand, commandParts } from '../cluster/commandPlans.js'
import { eachPlan, planDigest } from '../cluster/plannedUnits.js'
import { descriptionOf } from '../cluster/runUnit.js'
import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import { DuckdbStore } from '../study/store/duckdbStore.js'
import { type DistributeOptions, distributeUnits, type QueuedUnit } from './distributeUnits.js'

/** Options of `trainByQueue`. */
export interface TrainByQueueOptions extends Omit<DistributeOptions, 'study' | 'store'> {
  /** The DuckDB file that takes what is trained. */
  readonly store: string
}

/**
 * Has all units of a command that a store does not have trained by the workers of a queue. The command itself, with the store,
 * then trains nothing and gives the answer that it gives alone, to the bit.
 *
 * Errors: those of the command before its answer, of `DuckdbStore` and of `distributeUnits`; `OUT_OF_RANGE` for detectors and
 * networks of the caller's code; `INCOMPLETE` where units failed, naming them: all others are in the store.
 */
export async function trainByQueue(command: ClusterCommand, options: TrainByQueueOptions): Promise<void> {
  const store = await DuckdbStore.open(options.store)
  try {
    const units = new Map<string, QueuedUnit>()
    for (const part of commandParts(command)) {
      await eachPlan(part, store, async (pieces, _, plan) => {
        for (const piece of pieces) {
          units.set(piece.unit.id, { unit: piece.unit, description: descriptionOf(plan, piece) })
        }
      })
    }
    const all = [...units.values()]
    await store.plan(all.map(({ unit }) => unit))
    const claimed = new Set((await store.claim(all.map(({ unit }) => unit))).map(({ id }) => id))
    const left = all.filter(({ unit }) => claimed.has(unit.id))
    if (left.length === 0) return
    const study = planDigest(all.map(({ unit }) => unit))
    const failed = await distributeUnits(left, { ...options, study, store })
    if (failed.length === 0) return
    const which = failed.slice(0, 5).map(({ unit, reason }) => `${unit.title ?? unit.id} (${reason})`)
    const more = failed.length > which.length ? `, and ${failed.length - which.length} more` : ''
    throw new ScoringBiasError(
      'INCOMPLETE',
      `${counted(failed.length, 'unit')} of ${all.length} could not be trained: ${which.join('; ')}${more}. ` +
        'All others are in the store. The same command tries these again',
    )
  } finally {
    await store.close()
  }
}
