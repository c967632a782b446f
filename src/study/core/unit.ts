import { createHash } from 'node:crypto'
import { at } from '../../check.js'
import { type ColumnScale, scaleDigest } from '../../data/core/columnScale.js'
import type { StandardisedOver } from '../../data/splits/standardisedOver.js'
import type { DecoderOutput } from '../../detectors/detectorGraph.js'
import { ownObjectives } from '../../detectors/detectors.js'
import { learnsFromAnomalies, type Objective } from '../../detectors/objectives/objective.js'
import { objectiveDigest } from '../../detectors/objectives/objectiveDigest.js'
import type { SamplePool } from '../../detectors/samplePool.js'
import { publishedSettings, type TrainingSettings } from '../../detectors/settings.js'
import { type RunData, trainingSetSize } from '../../detectors/trainReplicas.js'
import { validationCount } from '../../detectors/validationLoss.js'
import { ScoringBiasError } from '../../errors.js'
import type { Network } from '../../nn/network.js'
import { networkDigest } from '../../nn/networkDigest.js'
import { networkNames, network as publishedNetwork } from '../../nn/networks.js'
import type { Device } from '../../runtime/device.js'
import { runtimeVersions } from '../../version.js'
import type { RunTraining, StudyResult } from './types.js'

/** Version of what a unit's hash stands for. It rises with every change after which training gives other numbers. */
const unitFormat = 1
/** Of networks that alone give other numbers since: units of the others keep their names. */
const laterFormats: ReadonlyMap<string, number> = new Map([
  ['lenet', 2],
  ['lstm', 2],
])

/** What a run trains on, and the rows that its threshold is set on. */
export interface RunRows extends RunData {
  readonly validation: Uint32Array
}

/** Where runs of one class of labelled anomalies differ in what they train on. */
export interface RunSetting {
  /** Labelled anomalies. */
  readonly labelled: number
  /** Share of the normal samples that are unlabelled anomalies. */
  readonly contamination: number
}

/** A run, and the class of its labelled anomalies, or their mixture as text. */
export interface LabelledRun extends RunRows {
  readonly anomaly: string
  /** For people: what tells it from other runs with labelled anomalies of this class, as in `5 labelled`. Decides nothing. */
  readonly setting?: RunSetting | undefined
  /** Standardises the samples for this run, over the normal ones that it trains on; absent where they are trained on as they are. */
  readonly scale?: ColumnScale | undefined
}

/** What decides the numbers of a unit of work, besides its detector and runs. */
interface UnitSetting extends Pick<UnitWork, 'network' | 'decoder' | 'settings' | 'seed' | 'scored' | 'weights'> {
  /** With the name of a data set of this package. */
  readonly data: { readonly name?: string; readonly sha256: string }
  readonly split: string
  readonly normal: string
  /** The one that trains, not `auto`: between devices, numbers differ. */
  readonly device: Device
  /** What its arithmetic gives, see `numericsFingerprint`: between processors, numbers differ too. */
  readonly fingerprint: string
}

/** A unit of work: a block of runs of one detector, trained side by side. */
export interface Unit {
  /** SHA-256 of `config`, in hexadecimal. */
  readonly id: string
  /** The same without the fingerprint: what every machine calls the unit, whatever its arithmetic. */
  readonly task: string
  /** All that decides the numbers, as JSON. */
  readonly config: string
  /** Indices into the study's runs. */
  readonly runs: readonly number[]
  /** For people, as in `Deep SAD, shirt, runs 0 to 4`. */
  readonly title?: string
  /** The shard, from 1, that is to train it, where a command is cut into shards. */
  readonly shard?: number
}

/** What a unit of work gives, in the order of its runs. */
export interface UnitResult {
  readonly device: Device
  /** Name of the machine that trained it: who has to look where two machines do not agree. */
  readonly host?: string
  readonly runs: readonly {
    readonly training: RunTraining
    /** Of every sample of the data set, or of `UnitWork.scored`, [samples]. */
    readonly scores: Float32Array
    /** Where `UnitWork.weights` asks for them. */
    readonly weights?: TrainedWeights
  }[]
}

/** What a detector is after its training, as flat vectors. */
export interface TrainedWeights {
  readonly parameters: Float32Array
  /** Running statistics of batch norm; empty without. */
  readonly statistics: Float32Array
  /** Of hyperspheres about a pretrained centre, else empty. */
  readonly centre: Float32Array
}

/**
 * A detector's runs as units of at most `size`. Run i belongs to the ⌊i/size⌋-th stretch, so that more runs leave the
 * units of full stretches as they are; runs whose labelled anomalies are of different classes, or whose training sets
 * differ in size or are standardised differently, come into different units.
 *
 * A detector that learns nothing from labelled anomalies has units that do not name them: studies that differ only there
 * share them.
 */
export function unitsOf(
  objective: Objective,
  runs: readonly LabelledRun[],
  { size, ...setting }: UnitSetting & { readonly size: number },
): Unit[] {
  const keyOf = ({ anomaly, ...run }: LabelledRun) =>
    `${Math.floor(run.run / size)} ${besideKey(objective, run, setting.settings)} ${anomaly}`
  // Layers are long to describe, and those of all units are the same.
  const parts = ownParts(objective, setting.network)
  return grouped(runs, keyOf).map((group) => {
    const own = group.map((i) => at(runs, i))
    const { fingerprint, ...rest } = configOf(objective, own, { ...setting, parts })
    const config = JSON.stringify({ ...rest, fingerprint })
    return { id: sha256(config), task: sha256(JSON.stringify(rest)), config, runs: group }
  })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Equal for runs of a detector that may train side by side: of equally many samples, as many of them held out, on the same scale. */
export function besideKey(
  objective: Objective,
  run: Omit<LabelledRun, 'anomaly'>,
  settings: Pick<TrainingSettings, 'validationShare'>,
): string {
  return `${trainingSetSize(objective, run)} ${validationCount(run.normal.length, settings)} ${run.scale === undefined ? 'raw' : scaleDigest(run.scale)}`
}

/** Indices of items with equal keys, in the order in which the keys first come. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => unknown): number[][] {
  const keys = items.map(keyOf)
  return [...new Set(keys)].map((key) => keys.flatMap((one, i) => (one === key ? [i] : [])))
}

function configOf(
  objective: Objective,
  runs: readonly LabelledRun[],
  { parts, ...setting }: UnitSetting & { readonly parts: object },
) {
  const { data, split, normal, network, decoder, settings, seed, device, fingerprint, scored, weights } = setting
  const learns = learnsFromAnomalies(objective)
  const { anomaly, scale } = at(runs, 0)
  const over: StandardisedOver = 'training-normals'
  return {
    format: laterFormats.get(network.name) ?? unitFormat,
    onnxruntime: runtimeVersions()['onnxruntime-node'],
    detector: objective.name,
    // In this order: the text is what is hashed.
    ...{ data, split, normal, decoder, settings: settingsFor(objective, settings), seed, device },
    // Of all its runs, see `unitsOf`.
    ...(learns && { anomaly }),
    ...(scale && { standardised: { over, sha256: scaleDigest(scale) } }),
    network: network.title,
    sample: network.sample,
    ...parts,
    runs: runs.map(({ run }) => run),
    // The rows themselves, so that a unit cannot outlive a change of how they are drawn.
    rows: rowsDigest(runs, learns),
    ...(scored && { scored: createHash('sha256').update(scored).digest('hex') }),
    ...(weights && { weights }),
    fingerprint,
  }
}

/** The settings, of which those of pretraining are the published ones for a detector that has none: units that train alike have one name. */
function settingsFor({ centre }: Objective, settings: TrainingSettings): TrainingSettings {
  const { pretrainEpochs, pretrainWeightDecay } = publishedSettings
  return centre === 'pretrained' ? settings : { ...settings, pretrainEpochs, pretrainWeightDecay }
}

/** Digests of what a name and a title do not decide: a detector of the caller's, layers other than the published ones. */
function ownParts(objective: Objective, network: Network): object {
  const architecture = networkDigest(network)
  return {
    ...(ownObjectives.has(objective) && { objective: objectiveDigest(objective) }),
    ...(architecture !== publishedDigest(network) && { architecture }),
  }
}

/** Of the published network of that name; undefined where there is none for such samples. */
function publishedDigest({ name, sample }: Network): string | undefined {
  if (!networkNames.some((known) => known === name)) return undefined
  try {
    return networkDigest(publishedNetwork(name, sample))
  } catch (error) {
    if (error instanceof ScoringBiasError && error.code === 'SHAPE_MISMATCH') return undefined
    throw error
  }
}

function rowsDigest(runs: readonly RunRows[], learns: boolean): string {
  const hash = createHash('sha256')
  for (const { normal, anomalous, validation } of runs) {
    for (const rows of [normal, learns ? anomalous : new Uint32Array(0), validation]) {
      // With the length first: no two lists of rows have the same bytes.
      hash.update(Uint32Array.of(rows.length)).update(rows)
    }
  }
  return hash.digest('hex')
}

/** Runs of one detector that train side by side, and all that decides what comes of them. */
export interface UnitWork {
  readonly objective: Objective
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  /** Standardised, where they are. Computed when it is read: read it once, when the training begins. */
  readonly samples: SamplePool
  /** Their training sets have one size. */
  readonly runs: readonly RunRows[]
  readonly seed: number
  /** Rows of `samples` that are scored, which the runs' `validation` then counts in; default: all. */
  readonly scored?: Uint32Array | undefined
  /** Whether the result has the weights too. */
  readonly weights?: boolean | undefined
}

/** Trains units of work, here or elsewhere. */
export interface UnitTrainer {
  /** How many works may train at the same time. */
  readonly workers: number
  /** Where all works train: numbers differ between devices, so it belongs to the name of a unit. */
  device(): Promise<Device>
  /**
   * Trains a detector in every run and scores all samples with each. A run that diverges is told of in its `training`, and
   * takes nothing from the others. The same work gives the same result, to the bit, whatever trains beside it. What it gives is
   * checked whole before it is kept or used: all runs in their order, each with a score of every sample, finite where it sets a threshold.
   *
   * @param onSteps told how many more of the runs' `trainingSteps` are done
   */
  train(work: UnitWork, onSteps: (steps: number) => void): Promise<UnitResult>
  /**
   * What the arithmetic of the place where it trains gives for a detector, see `numericsFingerprint`: it belongs to the name of
   * a unit. Where this is absent, `train` is given a small work to find it.
   */
  fingerprint?(design: Pick<UnitWork, 'objective' | 'network' | 'decoder'>): Promise<string>
}

/** A study that was finished with a store. */
export interface StoredStudy {
  /** SHA-256 of its answer. */
  readonly id: string
  readonly result: StudyResult
}

/**
 * Keeps units of work and the answers of studies, for any number of studies one after the other; where an implementation
 * says so, for several at once, on several machines.
 *
 * A study plans all of its units, takes the results of those that are done, claims the others and trains what it was given.
 * What it was not given, it looks for again until it is there: another process trains it.
 */
export interface UnitStore {
  /** Notes units that are to be trained; those that are there stay as they are. */
  plan(units: readonly Unit[]): Promise<void>
  /** Of planned units, those that the caller is to train now: none that are done, none that another process trains. */
  claim(units: readonly Unit[]): Promise<readonly Unit[]>
  /** Adds the results of a planned unit, whole or not at all; those of one that is done stay as they are. */
  keep(unit: Unit, result: UnitResult): Promise<void>
  /** The results of a unit, each run with `nSamples` scores, or undefined where it is not done. */
  find(unit: Unit, nSamples: number): Promise<UnitResult | undefined>
  /**
   * The fingerprint with which units of all these tasks are done, undefined where there is none. It then stands for the one of
   * this machine: what one machine has trained, any other can answer from.
   */
  fingerprintOf?(tasks: readonly string[]): Promise<string | undefined>
  /** Adds a study's answer; one that is there already becomes the latest. */
  keepStudy(result: StudyResult): Promise<void>
  /** The answers of studies, the latest last. */
  studies(): Promise<readonly StoredStudy[]>
}
