import { types } from 'node:util'
import {
  at,
  finite,
  integer,
  list,
  oneOf,
  record,
  requireKnown,
  requireNumber,
  show,
  text,
  wrongType,
} from '../../check.js'
import { counted } from '../../counted.js'
import type { Divergence } from '../../detectors/divergence.js'
import { ScoringBiasError } from '../../errors.js'
import { type Device, devices } from '../../runtime/device.js'
import type { RunRows, UnitResult, UnitTrainer, UnitWork } from '../core/unit.js'

/** What a unit's result must be. */
export interface WantedResult {
  /** Its runs in their order; of those whose `validation` is known, scores of these rows are finite. */
  readonly runs: readonly (Pick<RunRows, 'run'> & Partial<Pick<RunRows, 'validation'>>)[]
  /** Scores of each run. */
  readonly nSamples: number
  /** Whether each run must have weights. */
  readonly weights: boolean
  /** Absent where any device will do. */
  readonly device?: Device | undefined
}

/** What a trainer is to train. */
export interface TrainedWork {
  /** What messages call it. */
  readonly title: string
  readonly work: UnitWork
  /** Scores of each run. */
  readonly nSamples: number
  /** Whether there must be weights; default: where the work asks for them. */
  readonly weights?: boolean
}

/**
 * Has a trainer train, and checks whole what it gives before anybody keeps or uses it: a trainer of the caller's may give anything, and
 * a store has no way to take a result back. Errors: those of the trainer and of {@link requireResult}.
 */
export async function trainChecked(
  trainer: UnitTrainer,
  { title, work, nSamples, weights = work.weights ?? false }: TrainedWork,
  onSteps: (steps: number) => void,
): Promise<UnitResult> {
  const result: unknown = await trainer.train(work, onSteps)
  // After the training: by then it is known, and nothing has to wait for it.
  const device = await trainerDevice(trainer)
  return requireResult(`the trainer's result for ${title}`, result, { runs: work.runs, nSamples, weights, device })
}

/** Where a trainer trains. Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for what is no device; those of the trainer. */
export async function trainerDevice(trainer: UnitTrainer): Promise<Device> {
  const device: unknown = await trainer.device()
  return requireKnown('device that the trainer says', device, devices)
}

/**
 * Requires that a value is a unit's result, whole: every run in its place, with as many scores as there are samples, and no number NaN
 * in a run that is not said to have diverged.
 *
 * @param name what messages call it
 *
 * Errors: `WRONG_TYPE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER`, `OUT_OF_RANGE`, `UNKNOWN_NAME`, with what is wrong and in which run.
 */
export function requireResult(name: string, value: unknown, wanted: WantedResult): UnitResult {
  record(name, value)
  const result = value as UnitResult
  const { device, host } = result
  if (wanted.device === undefined) requireKnown(`device of ${name}`, device, devices)
  else if (device !== wanted.device) {
    const said = `${name}: device must be '${wanted.device}', as the trainer says of itself, got ${show(device)}`
    throw new ScoringBiasError('OUT_OF_RANGE', said)
  }
  if (host !== undefined) text(`${name}: host`, host)
  requireRuns(name, result.runs, wanted)
  const [first] = result.runs
  for (const [r, run] of result.runs.entries()) {
    const place = `${name}: runs[${r}]`
    requireRun(place, run, at(wanted.runs, r), wanted)
    requireLikeFirst(place, run.weights, first?.weights)
  }
  return result
}

/** Requires the runs asked for, each once and in their order: what comes behind knows them by their places. */
function requireRuns(name: string, runs: UnitResult['runs'], wanted: WantedResult): void {
  list(record)(`${name}: runs`, runs)
  const numbers = runs.map((one, r) => {
    record(`${name}: runs[${r}].training`, one.training)
    return requireNumber(`${name}: runs[${r}].training.run`, one.training.run)
  })
  const missing = wanted.runs.find(({ run }) => !numbers.includes(run))
  if (missing !== undefined) {
    const all = `runs has ${counted(runs.length, 'run')}, and must have ${wanted.runs.length}`
    throw new ScoringBiasError('LENGTH_MISMATCH', `${name}: ${all}: run ${missing.run} is missing`)
  }
  for (const [r, run] of numbers.entries()) {
    const own = wanted.runs[r]?.run
    if (run === own) continue
    if (own === undefined) {
      const much = `runs has ${counted(runs.length, 'run')}, and must have ${wanted.runs.length}`
      throw new ScoringBiasError('LENGTH_MISMATCH', `${name}: ${much}: those asked for, each once`)
    }
    const order = `runs[${r}].training.run must be ${own}, got ${run}. Give the runs in the order in which they are asked for`
    throw new ScoringBiasError('OUT_OF_RANGE', `${name}: ${order}`)
  }
}

type RunResult = UnitResult['runs'][number]

function requireRun(
  place: string,
  { training, scores, weights }: RunResult,
  { validation = new Uint32Array(0) }: WantedResult['runs'][number],
  wanted: WantedResult,
): void {
  const { losses, pretrainLosses, divergence } = training
  if (divergence !== undefined) requireDivergence(`${place}.training.divergence`, divergence)
  if (training.validation !== undefined) requireValidation(`${place}.training.validation`, training.validation)
  doubles(`${place}.training.losses`, losses)
  doubles(`${place}.training.pretrainLosses`, pretrainLosses)
  floats(`${place}.scores`, scores)
  if (scores.length !== wanted.nSamples) {
    const lengths = `must have one score for each sample, ${wanted.nSamples}, got ${scores.length}`
    throw new ScoringBiasError('LENGTH_MISMATCH', `${place}.scores ${lengths}`)
  }
  requireWeights(place, weights, wanted.weights)
  // What a run that diverged has computed means nothing.
  if (divergence !== undefined) return
  requireNumbers(`${place}.training.losses`, losses)
  requireNumbers(`${place}.training.pretrainLosses`, pretrainLosses)
  requireNumbers(`${place}.scores`, scores)
  const row = validation.find((row) => !Number.isFinite(scores[row]))
  if (row === undefined) return
  const finite = `must be finite, as the threshold is set on this sample, got ${scores[row]}. ${orDiverged}`
  throw new ScoringBiasError('OUT_OF_RANGE', `${place}.scores[${row}] ${finite}`)
}

const orDiverged = 'Of a run that diverged, say so in its training.divergence'

function requireWeights(place: string, weights: RunResult['weights'], wanted: boolean): void {
  if (weights === undefined && !wanted) return
  record(`${place}.weights`, weights)
  const { parameters, statistics, centre } = Object(weights) as NonNullable<RunResult['weights']>
  floats(`${place}.weights.parameters`, parameters)
  floats(`${place}.weights.statistics`, statistics)
  floats(`${place}.weights.centre`, centre)
  if (parameters.length > 0) return
  throw new ScoringBiasError('EMPTY_SAMPLE', `${place}.weights.parameters is empty: a detector has parameters`)
}

/** Runs of a unit are of one network: their weights have the same lengths. */
function requireLikeFirst(place: string, weights: RunResult['weights'], first: RunResult['weights']): void {
  if ((weights === undefined) !== (first === undefined)) {
    throw new ScoringBiasError('LENGTH_MISMATCH', `${place}.weights: all runs must have weights, or none`)
  }
  if (weights === undefined || first === undefined) return
  for (const part of ['parameters', 'statistics', 'centre'] as const) {
    if (weights[part].length === first[part].length) continue
    const lengths = `must be as long as that of the first run, ${first[part].length}, got ${weights[part].length}`
    throw new ScoringBiasError('LENGTH_MISMATCH', `${place}.weights.${part} ${lengths}`)
  }
}

function floats(name: string, value: unknown): asserts value is Float32Array {
  if (!types.isFloat32Array(value)) throw wrongType(name, 'a Float32Array', value)
}

function doubles(name: string, value: unknown): asserts value is Float64Array {
  if (!types.isFloat64Array(value)) throw wrongType(name, 'a Float64Array', value)
}

function requireNumbers(name: string, values: Float32Array | Float64Array): void {
  const i = values.findIndex(Number.isNaN)
  if (i >= 0) throw new ScoringBiasError('NOT_A_NUMBER', `${name}[${i}] is NaN. ${orDiverged}`)
}

const kinds = ['not-finite', 'constant-scores', 'collapsed'] as const satisfies readonly Divergence['kind'][]

function requireDivergence(name: string, value: Divergence): void {
  record(name, value)
  const { kind, quantity, phase, epoch, score, spread } = value as Partial<Record<string, unknown>>
  const known = requireKnown(`kind of ${name}`, kind, kinds)
  if (known === 'constant-scores') finite(`${name}.score`, score)
  if (known === 'collapsed') finite(`${name}.spread`, spread)
  if (known !== 'not-finite') return
  oneOf(`quantity of ${name}`, ['loss', 'state', 'centre', 'score'])(`${name}.quantity`, quantity)
  if (quantity !== 'loss' && quantity !== 'state') return
  oneOf(`phase of ${name}`, ['pretrain', 'train'])(`${name}.phase`, phase)
  integer(1)(`${name}.epoch`, epoch)
}

function requireValidation(name: string, value: NonNullable<RunResult['training']['validation']>): void {
  record(name, value)
  const { losses, bestEpoch, n } = value
  list((place, loss) => {
    if (loss !== null) finite(place, loss)
  })(`${name}.losses`, losses)
  if (bestEpoch !== null) integer(1, losses.length)(`${name}.bestEpoch`, bestEpoch)
  integer(1)(`${name}.n`, n)
}
