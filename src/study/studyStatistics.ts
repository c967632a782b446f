import { at } from '../check.js'
import { counted, formatCount } from '../counted.js'
import { isFifth, wholeOfFifth } from '../data/splits/heldOutSplit.js'
import type { Split } from '../data/splits/splits.js'
import { describeDivergence, diverged } from '../detectors/divergence.js'
import type { TrainingSettings } from '../detectors/settings.js'
import { trainedAmong } from '../detectors/validationLoss.js'
import { thresholdWarnings } from '../stats/bias/warnings.js'
import type { DetectorScores } from '../stats/bootstrap/bootstrap.js'
import { type RunDraws, runConfidenceDraws } from '../stats/bootstrap/runConfidenceDraws.js'
import { meanSd } from '../stats/meanSd.js'
import { emptySide, nativeDefinition } from '../stats/ranks/thresholdRule.js'
import { meanOf, type RunMean, runMean } from '../stats/runs/runMean.js'
import type { ClassRates, RunDetectorScores, RunScores, StudyResult } from './core/types.js'
import type { ClassDistance } from './similarity.js'
import type { CheckedStudy } from './studyOptions.js'
import type { Scenario, ScoredRuns, TrainedScenarios } from './trainer/trainScenarios.js'

/** A class of anomalies, and its rows in the data set. */
export interface TestedClass extends ClassDistance {
  readonly rows: Uint32Array
}

export interface StudyScores extends Pick<CheckedStudy, 'fpr' | 'level' | 'resamples' | 'seed' | 'signal'> {
  readonly settings: Pick<TrainingSettings, 'validationShare'>
  readonly baseline: ScoredRuns
  readonly candidate: ScoredRuns
  /** What each run's detectors were trained and are tested on. */
  readonly splits: readonly Split[]
  /** Classes of anomalies, in the order of the result. */
  readonly classes: readonly TestedClass[]
  /** Names of classes whose ξ is averaged beside the mean over all of them. */
  readonly groups?: readonly (readonly string[])[] | undefined
  readonly onProgress: (done: number) => void
}

/** The runs of one scenario, and what is made of them. */
export interface TestedScenario extends Pick<StudyScores, 'classes' | 'groups' | 'onProgress'> {
  readonly trained: TrainedScenarios
  readonly iScenario: number
  readonly runs: Scenario
}

export interface StudyStatistics {
  /** Indices of the runs that everything else is made of. */
  readonly converged: readonly number[]
  readonly classes: readonly ClassEvidence[]
  /** The mean of ξ over classes: [run], and what the samples leave open of each, [run][draw]. */
  readonly overall: MeanOfClasses
  /** The same of each group; undefined for one without classes. */
  readonly groups: readonly (MeanOfClasses | undefined)[]
  /** Whether the thresholds tolerate a false alarm. */
  readonly tolerant: boolean
  readonly validation: StudyResult['validation']
  readonly firstRun: RunScores
  readonly warnings: readonly string[]
}

interface MeanOfClasses {
  readonly values: Float64Array
  readonly draws: readonly Float64Array[]
}

/** What runs and samples showed of one class. */
export interface ClassEvidence {
  readonly rates: ClassRates
  /** ξ, over runs and samples. */
  readonly xi: RunMean
}

/**
 * What the scores of a study say: TPR of both detectors over runs, and ξ for each class of anomalies as far as runs and
 * samples show it.
 *
 * Only runs in which both detectors converged count. All their 2R detectors are read on the same draws, so that every draw
 * shows every run the same samples. A sample that a run trained on is left out of that run's TPR, in the data as in the
 * draws. Errors: those of `convergedRuns` and `runConfidenceDraws`.
 */
export async function studyStatistics(study: StudyScores): Promise<StudyStatistics> {
  const { fpr, signal, classes } = study
  const { indices, warnings } = convergedRuns(study.baseline, study.candidate)
  const detectors = [study.baseline, study.candidate].flatMap(({ scores }) =>
    indices.map((i) => setsOf(at(scores, i), at(study.splits, i), classes)),
  )
  const drawn = await runConfidenceDraws(detectors, {
    ...{ fpr, signal, resamples: study.resamples, seed: study.seed },
    onProgress: ({ done }) => study.onProgress(done),
  })

  const nRuns = indices.length
  const { thresholds, observedFpr } = drawn.observed
  const first = at(indices, 0)
  const split = at(study.splits, first)
  const { validation, trainNormal: normal } = split
  const { run } = at(study.baseline.training, first)
  const nTrainedOn = trainedAmong(validation, { run, normal }, study.settings, study.seed)
  const recalls = classes.map((_, k) => classRecalls(drawn, k))
  const scoresOf = (d: number) => testedScores(at(detectors, d), at(thresholds, d))
  return {
    converged: indices,
    classes: classes.map((one, k) => classEvidence(one, at(recalls, k), testedCount(at(detectors, 0), k))),
    overall: meanOfClasses(recalls),
    groups: (study.groups ?? []).map((names) => {
      const own = recalls.filter((_, k) => names.includes(at(classes, k).name))
      return own.length === 0 ? undefined : meanOfClasses(own)
    }),
    tolerant: emptySide(fpr, validation.length, nativeDefinition(undefined, undefined)) === undefined,
    validation: {
      n: validation.length,
      nTrainedOn,
      fprBaseline: meanSd(observedFpr.subarray(0, nRuns)),
      fprCandidate: meanSd(observedFpr.subarray(nRuns)),
    },
    firstRun: { run: first, baseline: scoresOf(0), candidate: scoresOf(nRuns) },
    warnings: [
      ...warnings,
      ...fewRunsWarnings(nRuns),
      ...thresholdWarnings(
        {
          fpr,
          intervalMethod: 'confidence',
          remedy: nTrainedOn === 0 && isFifth(split) ? heldOutRemedy(split) : undefined,
        },
        [{ nNormal: validation.length }],
      ),
    ],
  }
}

/** What to do where the fifth of the normal samples that sets the threshold is too small. */
function heldOutRemedy({ trainNormal, validation }: Split): (fewest: number) => string {
  const n = trainNormal.length + validation.length
  return (fewest) =>
    `They are the fifth of ${formatCount(n)} normal samples that training does not see. Use at least ${formatCount(wholeOfFifth(fewest))}`
}

/** What a study says of its pair in one of the scenarios that were trained. */
export function scenarioStatistics(
  study: Pick<CheckedStudy, 'baseline' | 'candidate' | 'settings' | 'fpr' | 'level' | 'resamples' | 'seed' | 'signal'>,
  { trained, iScenario, runs, classes, groups, onProgress }: TestedScenario,
): Promise<StudyStatistics> {
  return studyStatistics({
    ...study,
    baseline: trained.runsOf(study.baseline, iScenario),
    candidate: trained.runsOf(study.candidate, iScenario),
    splits: runs.map(({ split }) => split),
    classes,
    groups,
    onProgress,
  })
}

/** One detector's scores in one run, and which of them it is not tested on. */
interface RunSets extends DetectorScores {
  readonly normal: Float32Array
  readonly anomalous: readonly Float32Array[]
  readonly excluded: readonly (Uint8Array | undefined)[]
}

function setsOf(scores: Float32Array, { validation, seen }: Split, classes: readonly TestedClass[]): RunSets {
  const pick = (rows: Uint32Array) => picked(rows, scores, new Float32Array(rows.length))
  return {
    normal: pick(validation),
    anomalous: classes.map(({ rows }) => pick(rows)),
    excluded: classes.map(({ rows }) => {
      const mask = picked(rows, seen, new Uint8Array(rows.length))
      return mask.includes(1) ? mask : undefined
    }),
  }
}

/** Fills `own` with the values of some rows. */
function picked<T extends Float32Array | Uint8Array>(rows: Uint32Array, values: T, own: T): T {
  for (let i = 0; i < own.length; i++) own[i] = at(values, at(rows, i))
  return own
}

/** What a class gave: recall of both detectors and ξ in every run, [run], and the draws of ξ, [run][draw]. */
type ClassRecalls = ReturnType<typeof classRecalls>

function classRecalls({ nDetectors, nClasses, resamples, observed, tpr }: RunDraws, k: number) {
  const nRuns = nDetectors / 2
  const own = observed.observedTpr.subarray(k * nDetectors, (k + 1) * nDetectors)
  const [tprBaseline, tprCandidate] = [own.subarray(0, nRuns), own.subarray(nRuns)]
  return {
    tprBaseline,
    tprCandidate,
    xis: Float64Array.from(tprCandidate, (recall, run) => recall - at(tprBaseline, run)),
    draws: differencesOf(tpr, { nRuns, resamples, first: k * nDetectors, step: nClasses * nDetectors }),
  }
}

/** [run][draw]: TPRs of the candidate less those of the baseline, which are side by side at `first` and every `step` places on. */
function differencesOf(
  tpr: Float64Array,
  { nRuns, resamples, first, step }: Readonly<Record<'nRuns' | 'resamples' | 'first' | 'step', number>>,
): Float64Array[] {
  return Array.from({ length: nRuns }, (_, run) => {
    const draws = new Float64Array(resamples)
    for (let b = 0, place = first + run; b < resamples; b++, place += step)
      draws[b] = at(tpr, place + nRuns) - at(tpr, place)
    return draws
  })
}

function meanOfClasses(recalls: readonly ClassRecalls[]): MeanOfClasses {
  return {
    values: meanOf(recalls.map(({ xis }) => xis)),
    draws: at(recalls, 0).draws.map((_, run) => meanOf(recalls.map(({ draws }) => at(draws, run)))),
  }
}

function classEvidence({ name, l2 }: TestedClass, recalls: ClassRecalls, n: number): ClassEvidence {
  const { tprBaseline, tprCandidate, xis, draws } = recalls
  return {
    rates: {
      ...{ name, n, l2 },
      tprBaseline: meanSd(tprBaseline),
      tprCandidate: meanSd(tprCandidate),
      xi: meanSd(xis).mean,
    },
    xi: runMean(xis, draws),
  }
}

/** Samples of a class that a detector is tested on. */
function testedCount({ anomalous, excluded }: RunSets, k: number): number {
  return excluded[k]?.reduce((n, seen) => n + Number(seen === 0), 0) ?? at(anomalous, k).length
}

function testedScores({ normal, anomalous, excluded }: RunSets, threshold: number): RunDetectorScores {
  const classes = anomalous.map((scores, k) => {
    const mask = excluded[k]
    return mask === undefined ? scores : scores.filter((_, i) => at(mask, i) === 0)
  })
  return { threshold, normal, classes }
}

/** With fewer runs a study warns. */
const fewestRuns = 3
const moreRuns = `Use at least ${fewestRuns} runs. 5 or more give much shorter intervals`

/** Of a study that one run is left of. */
export const oneRunWarning =
  'one run cannot show how training varies. There is no arrow, adjusted p-values are 1, and each interval is of the two ' +
  `detectors as they were trained, for its row alone. ${moreRuns}`

function fewRunsWarnings(nRuns: number): string[] {
  if (nRuns >= fewestRuns) return []
  if (nRuns === 1) return [oneRunWarning]
  return [`${nRuns} runs show little of how training varies. The intervals are therefore very wide. ${moreRuns}`]
}

/**
 * The runs that a study may count. ξ compares two detectors of one run, so a run in which either diverged is left out
 * whole, and the one warning says how many of how many, which, and why. Errors: `DIVERGED` when no run is left, naming them all.
 */
function convergedRuns(baseline: ScoredRuns, candidate: ScoredRuns): { indices: number[]; warnings: string[] } {
  const nRuns = baseline.training.length
  const reasons = Array.from({ length: nRuns }, (_, i) =>
    [baseline, candidate].flatMap(({ title, training }) => {
      const divergence = at(training, i).divergence
      return divergence === undefined ? [] : [`${title}: ${describeDivergence(divergence)}`]
    }),
  )
  const indices = reasons.flatMap((why, i) => (why.length === 0 ? [i] : []))
  if (indices.length === nRuns) return { indices, warnings: [] }
  const named = reasons.flatMap((why, i) =>
    why.length === 0 ? [] : [`run ${at(baseline.training, i).run}: ${why.join(', ')}`],
  )
  if (indices.length === 0) {
    const divergences = [baseline, candidate].flatMap(({ training }) => training.map(({ divergence }) => divergence))
    throw diverged(`no run is left: a detector diverged in each of ${nRuns}`, named, divergences)
  }
  return {
    indices,
    warnings: [
      `${named.length} of ${counted(nRuns, 'run')} diverged and ${named.length === 1 ? 'is' : 'are'} left out of all figures, both detectors of ` +
        `${named.length === 1 ? 'it' : 'each'} (numbered from 0; ${named.join('; ')})`,
    ],
  }
}
