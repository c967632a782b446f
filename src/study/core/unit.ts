import { createHash } from 'node:crypto'
import { at } from '../../check.js'
import type { DecoderOutput } from '../../detectors/detectorGraph.js'
import { ownObjectives } from '../../detectors/detectors.js'
import { learnsFromAnomalies, type Objective } from '../../detectors/objectives/objective.js'
import { objectiveDigest } from '../../detectors/objectives/objectiveDigest.js'
import type { TrainingSettings } from '../../detectors/settings.js'
import { type RunData, trainingSetSize } from '../../detectors/trainReplicas.js'
import { ScoringBiasError } from '../../errors.js'
import type { Network } from '../../nn/network.js'
import { networkDigest } from '../../nn/networkDigest.js'
import { networkNames, network as publishedNetwork } from '../../nn/networks.js'
import type { Device } from '../../runtime/device.js'
import { runtimeVersions } from '../../version.js'
import type { RunTraining } from './types.js'

/** Version of what a unit's hash stands for. It rises with every change after which training gives other numbers. */
export const unitFormat = 1

/** What a run trains on, and the rows that its threshold is set on. */
export interface RunRows extends RunData {
  readonly validation: Uint32Array
}

/** A run, and the class of its labelled anomalies, or their mixture as text. */
export interface LabelledRun extends RunRows {
  readonly anomaly: string
}

/** What decides the numbers of a unit of work, besides its detector and runs. */
export interface UnitSetting {
  readonly data: { readonly name: string; readonly sha256: string }
  readonly split: string
  readonly normal: string
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly seed: number
  /** The one that trains, not `auto`: between devices, numbers differ. */
  readonly device: Device
}

/** A unit of work: a block of runs of one detector, trained side by side. */
export interface Unit {
  /** SHA-256 of `config`, in hexadecimal. */
  readonly id: string
  /** All that decides the numbers, as JSON. */
  readonly config: string
  /** Indices into the study's runs. */
  readonly runs: readonly number[]
}

/** What a unit of work gives, in the order of its runs. */
export interface UnitResult {
  readonly device: Device
  readonly runs: readonly {
    readonly training: RunTraining
    /** Of every sample of the data set, [samples]. */
    readonly scores: Float32Array
  }[]
}

/**
 * A detector's runs as units of at most `size`. Run i belongs to the ⌊i/size⌋-th stretch, so that more runs leave the
 * units of full stretches as they are; runs whose labelled anomalies are of different classes, or whose training sets
 * differ in size, come into different units.
 *
 * A detector that learns nothing from labelled anomalies has units that do not name them: studies that differ only there
 * share them.
 */
export function unitsOf(
  objective: Objective,
  runs: readonly LabelledRun[],
  { size, ...setting }: UnitSetting & { readonly size: number },
): Unit[] {
  const groups = new Map<string, number[]>()
  for (const [i, run] of runs.entries()) {
    const key = `${Math.floor(run.run / size)} ${trainingSetSize(objective, run)} ${run.anomaly}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [i])
    else group.push(i)
  }
  return [...groups.values()].map((group) => {
    const own = group.map((i) => at(runs, i))
    const config = JSON.stringify(configOf(objective, own, setting))
    return { id: createHash('sha256').update(config).digest('hex'), config, runs: group }
  })
}

function configOf(objective: Objective, runs: readonly LabelledRun[], setting: UnitSetting): object {
  const { data, split, normal, network, decoder, settings, seed, device } = setting
  const learns = learnsFromAnomalies(objective)
  return {
    format: unitFormat,
    onnxruntime: runtimeVersions()['onnxruntime-node'],
    detector: objective.name,
    // In this order: the text is what is hashed.
    ...{ data, split, normal, decoder, settings, seed, device },
    // Of all its runs, see `unitsOf`.
    ...(learns && { anomaly: at(runs, 0).anomaly }),
    network: network.title,
    sample: network.sample,
    ...ownParts(objective, network),
    runs: runs.map(({ run }) => run),
    // The rows themselves, so that a unit cannot outlive a change of how they are drawn.
    rows: rowsDigest(runs, learns),
  }
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
