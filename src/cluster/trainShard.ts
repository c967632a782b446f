import {
  type Check,
  callback,
  entryOf,
  type OptionChecks,
  record,
  required,
  requireInteger,
  requireOptions,
  text,
} from '../check.js'
import type { OnProgress } from '../progress.js'
import type { UnitStore } from '../study/core/unit.js'
import { DuckdbStore } from '../study/store/duckdbStore.js'
import { trainChecked } from '../study/trainer/checkedResult.js'
import type { TrainingPart } from '../study/trainingPlan.js'
import { assignShards } from './assignShards.js'
import { type ClusterCommand, commandKind, commandParts } from './commandPlans.js'
import { eachPlan, type PlannedUnit, planDigest, plannedUnits } from './plannedUnits.js'
import type { Shard } from './shardName.js'

/** Options of `trainShard`. */
export interface ShardOptions {
  readonly shard: Shard
  /** The DuckDB file that takes what this shard trains. */
  readonly store: string
  /** The command as the user knows it, which `mergeStores` names; default: its kind, such as `study`. */
  readonly command?: string | undefined
  readonly onProgress?: OnProgress | undefined
}

const checkShard: Check = (name, value) => {
  record(name, value)
  const { index, count } = value as Shard
  requireInteger(`${name}.count`, count, 1)
  requireInteger(`${name}.index`, index, 1, count)
}

const checks: OptionChecks<ShardOptions> = {
  shard: required(checkShard),
  store: required(text),
  command: text,
  onProgress: callback,
}

/** What a shard did, and what is left. */
export interface ShardResult {
  readonly shard: Shard
  /** Units of the whole command, and those of this shard. */
  readonly units: number
  readonly own: number
  /** Those of this shard that were trained now; its others were in the store. */
  readonly trained: number
  /** The part of the command's work that is this shard's, in [0, 1]. */
  readonly share: number
}

/**
 * Trains those units of a command that belong to a shard, and keeps them in a store: one part of what `mergeStores` puts
 * together. Every shard plans the whole command, and finds the same division (`assignShards`). A shard that was stopped goes on
 * where it was. It gives no answer: the command does, with the merged store. `signal`, `workers` and `device` are those of the
 * command's options. Costs the part `share` of the command's training.
 *
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE` for options; those of the command before its answer; `BAD_FILE` for what is no
 * store, `NOT_INSTALLED`, `NO_SPACE`, `ABORTED`.
 *
 * @example
 * await trainShard({ study: { dataset: 'statlog' } }, { shard: { index: 3, count: 20 }, store: 'part-3.duckdb' })
 */
export async function trainShard(asked: ClusterCommand, options: ShardOptions): Promise<ShardResult> {
  const given = requireOptions('trainShard', options, checks)
  const { onProgress, command = commandKind(asked) } = given
  const shard = { ...given.shard }
  const parts = commandParts(asked)
  const store = await DuckdbStore.open(given.store)
  try {
    const planned = await plannedUnits(parts, store)
    const shards = assignShards(planned, shard.count)
    const units = planned.map(({ unit }) => ({ ...unit, shard: entryOf(shards, unit.task) }))
    const own = units.filter((unit) => unit.shard === shard.index)
    await store.plan(units)
    await store.keepPlan({ digest: planDigest(units), command, units: units.length, shards: shard.count })
    const claimed = new Set((await store.claim(own)).map(({ id }) => id))
    const left = planned.filter(({ unit }) => claimed.has(unit.id))
    const onSteps = stepsOfShard(shard, left, onProgress)
    for (const part of new Set(left.map((one) => one.part))) await trainPart(part, claimed, { store, onSteps })
    const work = (these: readonly PlannedUnit[]) => these.reduce((sum, { cost }) => sum + cost, 0)
    const ownWork = work(planned.filter(({ task }) => shards.get(task) === shard.index))
    return {
      shard,
      units: units.length,
      own: own.length,
      trained: claimed.size,
      share: ownWork === 0 ? 0 : ownWork / work(planned),
    }
  } finally {
    await store.close()
  }
}

/** Trains those units of a part that are claimed, as many at a time as there are workers. */
async function trainPart(
  part: TrainingPart,
  claimed: ReadonlySet<string>,
  { store, onSteps }: { readonly store: UnitStore; readonly onSteps: (steps: number) => void },
): Promise<void> {
  await eachPlan(part, store, async (pieces, trainer) => {
    const own = pieces.filter(({ unit }) => claimed.has(unit.id))
    // The longest first, so that none is left alone at the end.
    const ordered = own.sort((a, b) => b.cost - a.cost)
    await Promise.all(ordered.map(async (piece) => store.keep(piece.unit, await trainChecked(trainer, piece, onSteps))))
  })
}

/** Counts the steps of a shard's units. */
function stepsOfShard(
  { index, count }: Shard,
  units: readonly PlannedUnit[],
  onProgress: OnProgress | undefined,
): (steps: number) => void {
  const total = units.reduce((sum, { steps }) => sum + steps, 0)
  let done = 0
  return (steps) => {
    done += steps
    onProgress?.({ phase: `training shard ${index} of ${count}`, done, total })
  }
}
