import { at, integer, type OptionChecks, required, requireOptions, text, wrongType } from '../check.js'
import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import type { GroupCounts } from '../stats/bias/groupLabels.js'
import type { DetectorReading } from '../stats/bias/types.js'
import { countsAt } from '../stats/bias/warnings.js'
import { copyScores } from '../stats/ranks/scores.js'
import {
  type ClassSeedAnswer,
  relativeBiasOfSeeds,
  type SeedAnswer,
  type SeedBiasOptions,
  seedChecks,
} from '../stats/runs/seedBias.js'
import { comparedSets, namedScores } from './scoreData.js'
import type { TrainingsOf } from './trainingColumns.js'
import type { ScoreData } from './types.js'

/** Options of {@link compareSeeds}. */
export type CompareSeedsOptions = Omit<SeedBiasOptions, 'classes' | 'groups'>

const { classes: _, groups: __, ...checks } = seedChecks

/** A training at its own threshold. */
export interface ComparedTraining extends DetectorReading {
  readonly name: string
}

/** A detector that was trained several times. */
export interface TrainedDetector {
  readonly name: string
  readonly trainings: readonly ComparedTraining[]
}

/** ξ of two detectors that were trained several times, on one class of anomalies or on all of them. */
export interface SeedClass extends SeedAnswer {
  readonly name: string
  /** Groups with samples of the class; undefined where each sample is on its own. */
  readonly nGroups: number | undefined
  /** Of the squared standard error of ξ, the share that training leaves open; more trainings make it smaller, more samples do not. */
  readonly trainingShare: number
}

/** Two detectors, each trained several times, on the same samples: {@link relativeBiasOfSeeds} with names. */
export interface SeedComparison {
  readonly source: string
  readonly fpr: number
  readonly level: number
  readonly resamples: number
  readonly seed: number
  readonly nNormal: number
  readonly nAnomalous: number
  /** Groups of samples, and those with samples of a kind; undefined where each sample is on its own. */
  readonly nGroups: Omit<GroupCounts, 'classes'> | undefined
  readonly baseline: TrainedDetector
  readonly candidate: TrainedDetector
  /** In the order in which the classes first occur; empty without classes. */
  readonly classes: readonly SeedClass[]
  readonly overall: SeedClass
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
  readonly elapsedSeconds: number
}

/**
 * Compares two detectors that were trained several times, with other seeds or on other folds: one comparison, whose
 * intervals cover samples and training (docs/seeds.md, {@link relativeBiasOfSeeds}). {@link readScores} with `trainings` reads
 * such scores from a file.
 *
 * A single class is all anomalies: `overall` is that answer under its own name.
 *
 * Time and memory: those of {@link relativeBiasOfSeeds}. Errors: the same; `OUT_OF_RANGE` for scores that do not say which
 * detectors are trainings of one.
 */
export async function compareSeeds(scores: ScoreData, options: CompareSeedsOptions = {}): Promise<SeedComparison> {
  const began = performance.now()
  const asked = requireOptions('compareSeeds', options, checks)
  if (typeof scores !== 'object' || scores === null) throw wrongType('scores', 'an object of arrays', scores)
  const { trainings, groups, classes } = scores
  const { source, detectors, notes = [], ...read } = namedScores(scores)
  const { compared, test } = comparedSets({ ...read, source, detectors }, { isNamedOnce: false })
  const n = compared.detectors.length
  const of = requireTrainings(trainings, n)
  const { nBaseline } = of
  // Copies, for the warning of ties, which is looked for in the end.
  const pairs = compared.detectors.map(({ normal, anomalous }, d) => ({
    normal: copyScores(`validation[${d}]`, normal),
    anomalous: at(anomalous, 0),
  }))
  const bias = await relativeBiasOfSeeds(
    { baseline: pairs.slice(0, nBaseline), candidate: pairs.slice(nBaseline) },
    { ...asked, classes, groups },
  )
  const named = (readings: readonly DetectorReading[], first: number) =>
    readings.map((reading, i) => ({ name: at(detectors, first + i), ...reading }))
  const sides = [named(bias.baseline, 0), named(bias.candidate, nBaseline)] as const
  const all = sides.flat()
  const { fpr, level, resamples, seed, nNormal, nGroups } = bias
  return {
    ...{ source, fpr, level, resamples, seed, nNormal, nAnomalous: bias.n, nGroups },
    baseline: { name: of.baseline, trainings: sides[0] },
    candidate: { name: of.candidate, trainings: sides[1] },
    classes: bias.classes.map(seedClass),
    overall: seedClass({ ...answerOf(bias), name: 'all anomalies', nGroups: nGroups?.anomalous }),
    warnings: [
      ...notes,
      ...tiesWarnings(
        all.map(({ name, threshold }, d) => ({ name, threshold, ...at(pairs, d) })),
        fpr,
      ),
      ...(test === undefined || at(test, 0).length === 0
        ? []
        : [
            `${counted(at(test, 0).length, 'normal test sample is', 'normal test samples are')} not used. Trainings are compared at thresholds set on the normal validation samples`,
          ]),
      ...bias.warnings,
    ],
    elapsedSeconds: (performance.now() - began) / 1000,
  }
}

const trainingChecks: OptionChecks<TrainingsOf> = {
  baseline: required(text),
  candidate: required(text),
  nBaseline: required(integer(0)),
}

function requireTrainings(trainings: TrainingsOf | undefined, n: number): TrainingsOf {
  const checked = trainings === undefined ? undefined : requireOptions('trainings', trainings, trainingChecks)
  if (checked !== undefined && checked.nBaseline > 0 && checked.nBaseline < n) return checked
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `scores must say with trainings.nBaseline how many of the ${n} detectors, from 1 to ${n - 1}, are trainings of the baseline. Read them with the option trainings, or use compare`,
  )
}

/** What is known of a class, or of all anomalies, without what else an answer has. */
function answerOf(bias: SeedAnswer): SeedAnswer {
  const { xi, n, interval, pValue, simultaneous, pAdjusted, direction } = bias
  const { tprBaseline, tprCandidate, recallsBaseline, recallsCandidate, sampleError, trainingError } = bias
  return {
    ...{ xi, n, interval, pValue, simultaneous, pAdjusted, direction },
    ...{ tprBaseline, tprCandidate, recallsBaseline, recallsCandidate, sampleError, trainingError },
  }
}

function seedClass({ name, nGroups, ...answer }: ClassSeedAnswer): SeedClass {
  const [samples, training] = [answer.sampleError ** 2, answer.trainingError ** 2]
  const trainingShare = samples + training === 0 ? 0 : training / (samples + training)
  return { name, nGroups, ...answer, trainingShare }
}

type Scored = Pick<ComparedTraining, 'name' | 'threshold'> & {
  readonly normal: ScoreData['validation'][number]
}

/** A warning where scores tie with thresholds: one for all trainings. */
function tiesWarnings(trainings: readonly Scored[], fpr: number): string[] {
  const tied = trainings.filter(({ normal, threshold }) => countsAt(normal, threshold).equal > 1)
  const [first] = tied
  if (first === undefined) return []
  return [
    `${counted(tied.length, 'training')} of ${trainings.length}, '${first.name}' first, ${tied.length === 1 ? 'has' : 'have'} several normal samples with exactly the score ` +
      `of the threshold. These are not flagged. So fewer than ${fpr} of the normal samples may be flagged. Use finer scores, without ties`,
  ]
}
