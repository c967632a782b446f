import { allocate } from '../../allocate.js'
import { at, invariant } from '../../check.js'
import { type JobOptions, runJob, threadsOf } from '../../job.js'
import { addon } from '../../native.js'
import type { OnProgress } from '../../progress.js'
import type { Observed } from '../bootstrap/bootstrap.js'
import type { SetName } from '../bootstrap/bootstrapInput.js'
import { type BiasLaw, type Bounds, type JointLaws, unbounded } from './biasLaw.js'
import { independentLattice, latticeLaw, lawError, pairedLattice } from './latticeLaw.js'
import type { ScoreSets } from './sets.js'

/** What the bootstrap of two detectors approaches as the number of resamples grows, on all anomalies and on each class. */
export interface ExactLaws extends JointLaws {
  readonly observed: Observed
  /** [set]: of BCa intervals. */
  readonly accelerations: readonly number[]
  /** [set]: samples that decide between the detectors, see `decidingSamples`. */
  readonly deciding: readonly number[]
  /** [set]: mean and variance of both recalls; undefined for paired samples. */
  readonly recalls: readonly (readonly [RecallMoments, RecallMoments])[] | undefined
}

export interface RecallMoments {
  readonly mean: number
  readonly variance: number
}

export interface ExactOptions extends JobOptions {
  /** Nanoseconds on one thread by the estimate of native/kernels/exact/family_cost.cc. */
  readonly budget: number
  /** Sets of which fewer samples decide have no law, and must not be asked about. Default 0. */
  readonly fewest?: number | undefined
  readonly onProgress?: OnProgress | undefined
}

const nReadings = 6

/**
 * The laws of two detectors in closed form (native/kernels/exact/bias_family.h, docs/exact-law.md); undefined where that is
 * dearer than the budget. The acceleration is by the infinitesimal jackknife, its threshold part that of the mean over
 * all resamples, which is smooth.
 *
 * Errors: those of `bootstrap`.
 */
export async function exactLaws(
  { input, classOf }: Pick<ScoreSets, 'input' | 'classOf'>,
  options: ExactOptions,
  nameOf: SetName,
): Promise<ExactLaws | undefined> {
  const { normal, anomalous, design, definition, fprs } = input
  const paired = design === 'paired'
  const sets = at(anomalous, 0).map((_, set) => anomalous.map((own) => at(own, set).length) as [number, number])
  const float64 = (length: number) => allocate('the law of ξ', length, (n) => new Float64Array(n))
  const denominators = sets.map(([n, nCandidate]) => (paired ? n : n * nCandidate))
  const laws = sets.flatMap(([n, nCandidate]) =>
    paired ? [float64(2 * n + 1)] : [float64(n + 1), float64(nCandidate + 1)],
  )
  const outputs = {
    ...{ laws, readings: float64(nReadings * sets.length) },
    ...{ observed: new Float64Array(4), cost: new Float64Array(1) },
  }
  const scores = normal.flatMap((own, d) => [own, at(at(anomalous, d), 0)])
  const question = { scores, design, definition, fpr: at(fprs, 0), classes: classOf, nClasses: sets.length - 1 }
  const family = addon.biasFamily()
  const { budget, fewest = 0 } = options
  await runJob(
    (control) => addon.biasFamilyLaws(family, { ...question, budget, fewest }, outputs, threadsOf(options), control),
    (array) => nameOf(Math.floor(array / 2), array % 2),
    options,
    { phase: 'computing', total: sets.length + 1, onProgress: options.onProgress },
  )
  if (at(outputs.cost, 0) > budget) return undefined
  const reading = (set: number, i: number) => at(outputs.readings, nReadings * set + i)
  const lawOf = (set: number): BiasLaw => {
    if (reading(set, 5) < fewest) return noLaw
    const lattice = paired ? pairedLattice(at(laws, set)) : independentLattice(at(laws, 2 * set), at(laws, 2 * set + 1))
    return latticeLaw(lattice, { mean: reading(set, 0), standardError: reading(set, 1) })
  }
  return {
    observed: {
      thresholds: outputs.observed.slice(0, 2),
      observedFpr: outputs.observed.slice(2),
      observedTpr: Float64Array.from(sets.flatMap((_, set) => [reading(set, 3), reading(set, 4)])),
    },
    laws: sets.map((_, set) => lawOf(set)),
    accelerations: sets.map((_, set) => reading(set, 2)),
    deciding: sets.map((_, set) => reading(set, 5)),
    recalls: paired
      ? undefined
      : sets.map((_, set) => [momentsOf(at(laws, 2 * set)), momentsOf(at(laws, 2 * set + 1))] as const),
    outside,
  }

  async function outside(questions: readonly (readonly Bounds[])[]): Promise<number[]> {
    const numerators = questions.flatMap(([all, ...bounds]) => {
      invariant(all === unbounded, 'all anomalies are a family of their own')
      return bounds.flatMap((own, k) => own.map((bound) => Math.round(bound * at(denominators, k + 1))))
    })
    const found = new Float64Array(questions.length)
    await runJob(
      (control) => addon.biasFamilyOutside(family, Float64Array.from(numerators), found, threadsOf(options), control),
      () => 'bounds',
      options,
    )
    return Array.from(found, (probability) => Math.min(1, Math.max(0, probability) + lawError))
  }
}

/** Of a set of which too few samples decide. */
const noLaw: BiasLaw = {
  mean: Number.NaN,
  standardError: Number.NaN,
  resolution: Number.NaN,
  ...{ atMost: missing, atLeast: missing, middle: missing, lowest: missing, highest: missing },
}

function missing(): never {
  invariant(false, 'a law that was not asked for is not read')
}

/** Of the law of the number flagged among n. */
function momentsOf(law: Float64Array): RecallMoments {
  const n = law.length - 1
  const mean = law.reduce((sum, p, j) => sum + p * j, 0)
  return { mean: mean / n, variance: law.reduce((sum, p, j) => sum + p * (j - mean) ** 2, 0) / n ** 2 }
}
