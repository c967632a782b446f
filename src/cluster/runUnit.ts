import { show } from '../check.js'
import { convergeTrainings } from '../converge/converge.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import { detector } from '../detectors/detectors.js'
import { ScoringBiasError } from '../errors.js'
import type { UnitResult, UnitTrainer } from '../study/core/unit.js'
import { planStudy } from '../study/plan.js'
import { checkStudy, studyChecks } from '../study/studyOptions.js'
import { sweepTrainings } from '../study/sweep/labelSweep.js'
import { trainChecked } from '../study/trainer/checkedResult.js'
import { type UnitPiece, unitPieces } from '../study/trainer/trainPieces.js'
import { type NamedData, type Recipe, scenarioTrainings, type TrainingPlan } from '../study/trainingPlan.js'
import { version } from '../version.js'

/** A unit as JSON: all that another process needs to train it, but the samples. */
export interface UnitDescription {
  readonly id: string
  readonly task: string
  readonly config: string
  readonly title: string
  readonly cost: number
  /** Scores of each run. */
  readonly nSamples: number
  readonly recipe: Recipe
  /** Of this package. */
  readonly version: string
}

/** Describes a unit. Errors: `OUT_OF_RANGE` where the detector or the network is the caller's code, which cannot be sent. */
export function descriptionOf({ recipe }: TrainingPlan, { unit, cost, nSamples }: UnitPiece): UnitDescription {
  const { id, task, config, title = id } = unit
  if (recipe === undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${title}: a detector or network of your own cannot be sent to another process. Use shards of your own program`,
    )
  }
  return { id, task, config, title, cost, nSamples, recipe, version }
}

/** Options of a `UnitRunner`. */
export interface UnitRunnerOptions {
  readonly trainer: UnitTrainer
  readonly dataDir?: string | undefined
  /** Finds a table of a user's by the digest of its samples (`tableDigest`); undefined where it is not here. */
  readonly tables?:
    | ((data: { readonly name: string; readonly sha256: string }) => Promise<LabelledTable | undefined>)
    | undefined
  readonly signal?: AbortSignal | undefined
}

/** Trains units by their descriptions. The data set and the runs of the latest recipe are kept for the next unit. */
export class UnitRunner {
  readonly #options: UnitRunnerOptions
  #latest: { readonly recipe: string; readonly pieces: Promise<UnitPiece[]> } | undefined

  constructor(options: UnitRunnerOptions) {
    this.#options = options
  }

  /**
   * Plans what the description's recipe says, finds the unit in it and trains it: what does not give the unit's own id is not
   * trained.
   *
   * Errors: `OTHER_MACHINE` where version, data or arithmetic of this process differ, so that others may have the unit;
   * `NO_DATA` where the samples are not here; those of the trainer.
   */
  async run(description: UnitDescription, onSteps: (steps: number) => void = () => {}): Promise<UnitResult> {
    if (description.version !== version) {
      throw new ScoringBiasError(
        'OTHER_MACHINE',
        `${description.title} is of scoring-bias ${description.version}, and this is ${version}. Install that version`,
      )
    }
    const recipe = JSON.stringify(description.recipe)
    if (this.#latest?.recipe !== recipe) this.#latest = { recipe, pieces: this.#pieces(description.recipe) }
    const { pieces } = this.#latest
    pieces.catch(() => {
      this.#latest = undefined
    })
    const found = (await pieces).find(({ unit }) => unit.id === description.id)
    if (found === undefined) throw otherMachine(description, await pieces)
    return trainChecked(this.#options.trainer, found, onSteps)
  }

  async #pieces(recipe: Recipe): Promise<UnitPiece[]> {
    const plans = await this.#plans(recipe)
    const pieces = plans.map(({ jobs, training }) => unitPieces(jobs, this.#options.trainer, training))
    return (await Promise.all(pieces)).flat()
  }

  async #plans(recipe: Recipe): Promise<readonly TrainingPlan[]> {
    const { dataDir, signal } = this.#options
    const dataset = await this.#data(recipe.dataset)
    const options = { ...recipe.options, dataset, ...(typeof dataset === 'string' && { dataDir }), signal }
    if (recipe.kind !== 'study') {
      return (recipe.kind === 'sweep' ? sweepTrainings(options) : convergeTrainings(options))()
    }
    const study = checkStudy('runStudy', options, studyChecks)
    const plan = await planStudy(study)
    const objectives = recipe.detectors.map((name) => detector(name))
    const scenarios = recipe.anomalies.map((anomaly) => plan.scenario(anomaly))
    return [scenarioTrainings(study, plan, { objectives, scenarios })]
  }

  async #data(data: NamedData): Promise<string | LabelledTable> {
    if (typeof data === 'string') return data
    const table = await this.#options.tables?.(data)
    if (table !== undefined) return table
    throw new ScoringBiasError(
      'NO_DATA',
      `the samples of ${data.name} (SHA-256 ${data.sha256}) are not on this machine`,
    )
  }
}

/** Why no unit of a plan is the one described. */
function otherMachine({ task, title, config }: UnitDescription, pieces: readonly UnitPiece[]): ScoringBiasError {
  if (pieces.some(({ unit }) => unit.task === task)) {
    const why = 'the arithmetic of this machine gives other bits (another fingerprint). Leave the unit to others'
    return new ScoringBiasError('OTHER_MACHINE', `${title}: ${why}`)
  }
  const here = pieces.find(({ unit }) => unit.title === title)
  const [wanted, own] = [facts(config), here === undefined ? new Map<string, string>() : facts(here.unit.config)]
  const differing = [...wanted].filter(([key, value]) => value !== own.get(key))
  const list = differing.map(([key, value]) => `${key} is ${value}, here ${own.get(key) ?? 'nothing'}`).join('; ')
  const way = 'Run the same version of scoring-bias on all machines, with the same data'
  return new ScoringBiasError('OTHER_MACHINE', `${title} is another unit on this machine: ${list}. ${way}`)
}

/** What decides a unit's numbers, in words: each setting by its name, as in `data.sha256`. */
function facts(config: string): Map<string, string> {
  const named = (value: unknown, name: string): [string, string][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, own]) => named(own, name === '' ? key : `${name}.${key}`))
      : [[name, Array.isArray(value) ? `[${value.join(', ')}]` : show(value)]]
  return new Map(named(JSON.parse(config), ''))
}
