import { abortSignal, callback, filePath, type OptionChecks, required, requireOptions, text } from '../check.js'
import { type ClusterCommand, commandParts } from '../cluster/commandPlans.js'
import { eachPlan, planDigest } from '../cluster/plannedUnits.js'
import { descriptionOf } from '../cluster/runUnit.js'
import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import { DuckdbStore } from '../study/store/duckdbStore.js'
import { type DistributeOptions, distributeUnits, type QueuedUnit } from './distributeUnits.js'
import { redisPlace } from './redis.js'

/** Options of `trainByQueue`. */
export interface TrainByQueueOptions extends Omit<DistributeOptions, 'study' | 'store'> {
  /** The DuckDB file that takes what is trained. */
  readonly store: string
}

const checks: OptionChecks<TrainByQueueOptions> = {
  url: required(text),
  store: required(filePath),
  signal: abortSignal,
  onProgress: callback,
  onNotice: callback,
}

/**
 * Has all units of a command that a store does not have trained by the workers of a queue. The command itself, with the store,
 * then trains nothing and gives the answer that it gives alone, to the bit.
 *
 * The queue is BullMQ's, on a Redis or Valkey server; `bullmq` and `ioredis` are optional packages that load here. Workers are
 * processes of `workOnQueue`, or of the command `worker`. The store is the truth: it takes each unit in one transaction.
 *
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE` for options; those of the command before its answer; `OUT_OF_RANGE` for detectors
 * and networks of the caller's code; `NO_QUEUE` without a server, or where another process coordinates the same study; `BAD_FILE` for
 * what is no store, and for two results of a unit that differ, naming both machines; `INCOMPLETE` where units failed, naming them: all
 * others are in the store; `NOT_INSTALLED`, `NO_SPACE`, `ABORTED`.
 *
 * @example
 * const study = { dataset: 'statlog' }
 * await trainByQueue({ study }, { url: 'redis://localhost:6379', store: 'all.duckdb' })
 * const answer = await runStudy({ ...study, store: 'all.duckdb' })
 */
export async function trainByQueue(command: ClusterCommand, asked: TrainByQueueOptions): Promise<void> {
  const options = requireOptions('trainByQueue', asked, checks)
  redisPlace(options.url)
  const parts = commandParts(command)
  const store = await DuckdbStore.open(options.store)
  try {
    const units = new Map<string, QueuedUnit>()
    for (const part of parts) {
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
