import { biasDefaults } from '../../biasDefaults.js'
import { anything, at, list, type OptionChecks, record, requireOptions } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { SampleGroups } from '../../native.js'
import {
  type GroupCounts,
  type Groups,
  groupCounts,
  groupedSets,
  groupsOfSets,
  groupsWarnings,
} from '../bias/groupLabels.js'
import { type BiasOptions, biasChecks } from '../bias/options.js'
import { pairNames, requireBoth } from '../bias/relativeBias.js'
import { type ClassLabels, type ScoreSets, scoreSets } from '../bias/sets.js'
import type { DetectorReading, ScorePair } from '../bias/types.js'
import { usualDraws } from '../bias/usualDraws.js'
import { familyWarnings, fewAnomaliesWarnings, resamplesWarnings, thresholdWarnings } from '../bias/warnings.js'
import type { DetectorScores, SetName } from '../bootstrap/bootstrapInput.js'
import { groupConfidenceDraws } from '../bootstrap/groupConfidenceDraws.js'
import type { RunDraws } from '../bootstrap/runConfidenceDraws.js'
import { type MeanSd, meanSd } from '../meanSd.js'
import { emptySide } from '../ranks/thresholdRule.js'
import type { RunAnswer } from './runAnswer.js'
import { runFamily } from './runFamily.js'
import type { TrainedMean } from './runMean.js'
import { sampleBatches } from './sampleBatches.js'
import { seedLaw, type Trainings } from './seedLaw.js'

/** Options of {@link relativeBiasOfSeeds}. */
export interface SeedBiasOptions
  extends Pick<BiasOptions, 'fpr' | 'level' | 'resamples' | 'seed' | 'threads' | 'signal' | 'onProgress'> {
  /** The class of each anomalous sample, for an answer per class too. */
  readonly classes?: ClassLabels | undefined
  /** Which samples belong together, see {@link Groups}. Default: each is on its own. */
  readonly groups?: Groups | undefined
}

const { fpr, level, resamples, seed, threads, signal, onProgress } = biasChecks
export const seedChecks: OptionChecks<SeedBiasOptions> = {
  ...{ fpr, level, resamples, seed, threads, signal, onProgress },
  classes: anything,
  groups: anything,
}

/** Of ξ, averaged over all trainings that could be. */
export interface SeedAnswer extends RunAnswer {
  /** Mean recall of the candidate's trainings less that of the baseline's. */
  readonly xi: number
  /** Anomalous samples. */
  readonly n: number
  /** Of the recalls of the trainings, at a threshold each. */
  readonly tprBaseline: MeanSd
  readonly tprCandidate: MeanSd
  /** [training] each: the recalls themselves. */
  readonly recallsBaseline: Float64Array
  readonly recallsCandidate: Float64Array
  /** Standard errors of ξ: what the samples leave open about it, and what training does. */
  readonly sampleError: number
  readonly trainingError: number
}

export interface ClassSeedAnswer extends SeedAnswer {
  readonly name: string
  /** Groups with samples of the class; undefined where each sample is on its own. */
  readonly nGroups: number | undefined
}

/** ξ of two detectors that were trained several times: over all anomalies, and on each class. */
export interface SeedBias extends SeedAnswer {
  /** In the order in which the classes first occur; empty without `classes`. */
  readonly classes: readonly ClassSeedAnswer[]
  /** [training] each: what it does at its own threshold, over all anomalies. */
  readonly baseline: readonly DetectorReading[]
  readonly candidate: readonly DetectorReading[]
  /** Trainings of each. */
  readonly nBaseline: number
  readonly nCandidate: number
  readonly nNormal: number
  /** Groups of samples, and those with samples of a kind; undefined where each sample is on its own. */
  readonly nGroups: Omit<GroupCounts, 'classes'> | undefined
  readonly fpr: number
  readonly level: number
  readonly resamples: number
  readonly seed: number
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
}

/** Philox streams of the noise of training; used for nothing else. */
const streams = { overall: 0x53454544, classes: 0x53454543 } as const

/**
 * ξ of two detectors, each trained several times (with other seeds, on other folds of the training data), all of which
 * scored the same samples: the difference of their mean recalls, each training at its own threshold, and how sure samples
 * *and* trainings make us of it. Ten and ten seeds are one comparison, not a hundred.
 *
 * The interval is that of ξ averaged over all trainings and samples that could be (`src/stats/runs/seedLaw.ts` has the law): seeds of
 * the baseline and of the candidate need not be as many, and are no pairs. A detector with one training is taken as it was
 * trained, and a warning says so. Samples come in by the confidence distribution, see `docs/intervals.md`, or by
 * groups of them. The classes are a family, whose simultaneous intervals hold together, as in {@link relativeBias}; arrows
 * follow these.
 *
 * Of more than 10,000 normal samples, or anomalies of a class, random batches are weighed in the place of samples, 5,000 of them
 * (`src/stats/runs/sampleBatches.ts`): lengths of intervals then vary by 1 % with the seed.
 *
 * Time: 20 ns a sample (batch, or group) and draw, and 1 ns for each sample near a threshold and training: 0.3 s for 1,000 + 200
 * samples and five trainings of each, 4 s of processor time for a million. Memory: 8 bytes a draw, training and class.
 *
 * Errors: those of {@link relativeBias}; `EMPTY_SAMPLE` where a detector has no training; `OUT_OF_RANGE` where both have
 * only one: that is `relativeBias`.
 *
 * @example
 * const of = (...anomalous: number[]) => ({ normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.from(anomalous) })
 * const { xi } = await relativeBiasOfSeeds({ baseline: [of(3, 5), of(5, 5)], candidate: [of(5, 6), of(6, 2)] }, { fpr: 0.25 })
 */
export async function relativeBiasOfSeeds(
  scores: { readonly baseline: readonly ScorePair[]; readonly candidate: readonly ScorePair[] },
  options: SeedBiasOptions = {},
): Promise<SeedBias> {
  const given = requireOptions('relativeBiasOfSeeds', options, seedChecks)
  const { classes, groups, ...wanted } = { ...biasDefaults, ...given }
  const { fpr, level, seed } = wanted
  const { detectors, nBaseline, nameOf } = trainingsOf(scores)
  const labels = classes === undefined ? undefined : detectors.map(() => ({ name: 'classes', labels: classes }))
  const sets = scoreSets(detectors, labels, { fprs: [fpr] }, nameOf)
  const resamples = given.resamples ?? usualDraws(sets.classNames.length, level)
  const asked = { ...wanted, resamples }
  const grouped = groupsOf(sets, groups, { nameOf, seed })
  const draws = await groupConfidenceDraws(
    sets.input,
    { ...asked, groups: grouped.samples, nBaseline, thresholds: false },
    nameOf,
  )
  const nNormal = at(sets.input.normal, 0).length
  const tolerant = emptySide(fpr, nNormal, sets.input.definition) === undefined
  const evidence = at(sets.input.anomalous, 0).map((own, k) => setEvidence(draws, nBaseline, { k, n: own.length }))
  const familyOf = (some: readonly SetEvidence[], stream: number) =>
    runFamily(
      some.map(({ law }) => law),
      { level, seed, stream, most: 1, tolerant },
    )
  const overall = familyOf(evidence.slice(0, 1), streams.overall)
  const single = sets.classNames.length === 1
  const own = single ? evidence : evidence.slice(1)
  const family = single ? overall : familyOf(own, streams.classes)
  const sides = [nBaseline, detectors.length - nBaseline] as const
  return {
    ...answerOf(at(evidence, 0), at(overall.answers, 0)),
    classes: own.map((one, k) => ({
      name: at(sets.classNames, k),
      nGroups: grouped.counts && at(grouped.counts.classes, k),
      ...answerOf(one, at(family.answers, k)),
    })),
    ...readingsOf(draws, nBaseline),
    ...{ nBaseline, nCandidate: at(sides, 1), nNormal },
    nGroups: grouped.counts && {
      all: grouped.counts.all,
      normal: grouped.counts.normal,
      anomalous: grouped.counts.anomalous,
    },
    ...{ fpr, level, resamples, seed },
    warnings: [
      ...thresholdWarnings({ fpr, intervalMethod: 'confidence' }, [{ nNormal }]),
      ...seedsWarnings(...sides),
      ...(grouped.counts === undefined ? [] : groupsWarnings(grouped.counts, sets.classNames)),
      ...fewAnomaliesWarnings(own.map(({ n }, k) => ({ n, name: at(sets.classNames, k) }))),
      ...resamplesWarnings({ resamples, level }),
      ...familyWarnings(
        own.map(() => ({ gamma: family.gamma })),
        { resamples, level },
      ),
    ],
  }
}

/** All trainings as detectors, the baseline's first. Errors: `WRONG_TYPE`, `EMPTY_SAMPLE`, `OUT_OF_RANGE`. */
function trainingsOf(scores: Parameters<typeof relativeBiasOfSeeds>[0]) {
  requireBoth(scores, 'an object { baseline, candidate } of trainings')
  const sides = pairNames.map((name) => {
    const trainings = scores[name]
    list(record)(name, trainings)
    if (trainings.length === 0) {
      throw new ScoringBiasError('EMPTY_SAMPLE', `${name} is empty. Give the scores of at least one training`)
    }
    return trainings.map(({ normal, anomalous }): DetectorScores => ({ normal, anomalous: [anomalous] }))
  })
  const nBaseline = at(sides, 0).length
  if (sides.every(({ length }) => length === 1)) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'baseline and candidate have one training each. That says nothing of how training varies. Give several trainings of at ' +
        'least one of them, or use relativeBias',
    )
  }
  const nameOf: SetName = (d, set) => {
    const name = d < nBaseline ? `baseline[${d}]` : `candidate[${d - nBaseline}]`
    return `${name}.${set === 0 ? 'normal' : 'anomalous'}`
  }
  return { detectors: sides.flat(), nBaseline, nameOf }
}

/** Groups by number, and how many; without any, every sample is one, or of a batch. */
function groupsOf(
  sets: ScoreSets,
  groups: Groups | undefined,
  { nameOf, seed }: { readonly nameOf: SetName; readonly seed: number },
): { readonly samples: SampleGroups; readonly counts: GroupCounts | undefined } {
  if (groups !== undefined) {
    const grouped = groupedSets(sets, groups, nameOf)
    return { samples: grouped.samples, counts: groupCounts(grouped, sets.classNames.length) }
  }
  const nNormal = at(sets.input.normal, 0).length
  return { samples: groupsOfSets(sampleBatches(nNormal, sets.rows, seed), sets.rows), counts: undefined }
}

function readingsOf({ observed, nDetectors }: RunDraws, nBaseline: number): Pick<SeedBias, 'baseline' | 'candidate'> {
  const readings = Array.from({ length: nDetectors }, (_, d) => ({
    threshold: at(observed.thresholds, d),
    observedTpr: at(observed.observedTpr, d),
    observedFpr: at(observed.observedFpr, d),
  }))
  return { baseline: readings.slice(0, nBaseline), candidate: readings.slice(nBaseline) }
}

/** What draws and trainings show of one set of anomalies. */
interface SetEvidence extends Pick<SeedAnswer, 'n' | 'recallsBaseline' | 'recallsCandidate'> {
  readonly law: TrainedMean
}

function setEvidence(draws: RunDraws, nBaseline: number, { k, n }: { readonly k: number; readonly n: number }) {
  const { nDetectors, nClasses, resamples, observed, tpr } = draws
  const recalls = observed.observedTpr.slice(k * nDetectors, (k + 1) * nDetectors)
  const side = (first: number, end: number): Trainings => ({
    values: recalls.subarray(first, end),
    draws: Array.from({ length: end - first }, (_, r) =>
      Float64Array.from({ length: resamples }, (__, b) => at(tpr, (b * nClasses + k) * nDetectors + first + r)),
    ),
  })
  const [baseline, candidate] = [side(0, nBaseline), side(nBaseline, nDetectors)]
  return { n, recallsBaseline: baseline.values, recallsCandidate: candidate.values, law: seedLaw(baseline, candidate) }
}

function answerOf({ law, ...set }: SetEvidence, answer: RunAnswer): SeedAnswer {
  return {
    ...{ xi: law.mean, ...set, ...answer },
    tprBaseline: meanSd(set.recallsBaseline),
    tprCandidate: meanSd(set.recallsCandidate),
    sampleError: meanSd(law.samples).sd,
    trainingError: law.training?.standardError ?? 0,
  }
}

/** With fewer trainings of a detector its intervals are very wide. */
const fewTrainings = 3

function seedsWarnings(nBaseline: number, nCandidate: number): string[] {
  return [['baseline', nBaseline] as const, ['candidate', nCandidate] as const].flatMap(([name, n]) => {
    if (n === 1) {
      return [
        `the ${name} has one training. So the answer is about the ${name} as it was trained, not about others like it. Give at ` +
          `least ${fewTrainings} trainings to ask about these`,
      ]
    }
    if (n >= fewTrainings) return []
    return [
      `${n} trainings of the ${name} show little of how training varies. The intervals are therefore very wide. Use at least ` +
        `${fewTrainings} trainings. 5 or more give much shorter intervals`,
    ]
  })
}
