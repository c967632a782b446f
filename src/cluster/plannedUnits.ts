import { createHash } from 'node:crypto'
import type { Unit, UnitStore, UnitTrainer } from '../study/core/unit.js'
import { stepsOf, type UnitPiece, unitPieces } from '../study/trainer/trainPieces.js'
import { withTrainer } from '../study/trainer/trainScenarios.js'
import type { TrainingPart, TrainingPlan } from '../study/trainingPlan.js'

/** A unit, without the data that it is trained on. */
export interface PlannedUnit extends Pick<UnitPiece, 'unit' | 'cost'> {
  readonly task: string
  readonly steps: number
  /** Of the parts that have it, the first. */
  readonly part: TrainingPart
}

/** All units of a command, each once. */
export async function plannedUnits(parts: readonly TrainingPart[], store: UnitStore): Promise<PlannedUnit[]> {
  const planned = new Map<string, PlannedUnit>()
  for (const part of parts) {
    await eachPlan(part, store, async (pieces) => {
      for (const piece of pieces) {
        const { unit, cost } = piece
        if (!planned.has(unit.id)) planned.set(unit.id, { unit, cost, task: unit.task, steps: stepsOf(piece), part })
      }
    })
  }
  return [...planned.values()]
}

/** Does something with the units of each plan of a part. */
export async function eachPlan(
  part: TrainingPart,
  store: UnitStore,
  work: (pieces: UnitPiece[], trainer: UnitTrainer, plan: TrainingPlan) => Promise<void>,
): Promise<void> {
  for (const plan of await part()) {
    const { jobs, training } = plan
    await withTrainer(jobs, training, async (trainer) =>
      work(await unitPieces(jobs, trainer, { ...training, store }), trainer, plan),
    )
  }
}

/** Equal for commands that train the same, on every machine. */
export function planDigest(units: readonly Unit[]): string {
  const tasks = units.map(({ task }) => task).sort()
  return createHash('sha256').update(tasks.join('\n')).digest('hex')
}
