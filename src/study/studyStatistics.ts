import { at, invariant } from '../check.js'
import type { Split } from '../data/splits/splits.js'
import { direction } from '../stats/bias/direction.js'
import { type BootstrapResult, bootstrap, type DetectorScores } from '../stats/bootstrap/bootstrap.js'
import { meanSd } from '../stats/meanSd.js'
import { convergedRuns } from './convergedRuns.js'
import type { ClassResult, RunDetectorScores, RunScores, StudyResult } from './core/types.js'
import type { ClassDistance } from './similarity.js'
import { studyInterval } from './studyInterval.js'
import type { CheckedStudy } from './studyOptions.js'
import type { Scenario, ScoredRuns, TrainedScenarios } from './trainer/trainScenarios.js'
import { xiDraws } from './xiDraws.js'

/** A class of anomalies, and its rows in the data set. */
export interface TestedClass extends ClassDistance {
  readonly rows: Uint32Array
}

export interface StudyScores {
  readonly baseline: ScoredRuns
  readonly candidate: ScoredRuns
  /** What each run's detectors were trained and are tested on. */
  readonly splits: readonly Split[]
  /** Classes of anomalies, in the order of the result. */
  readonly classes: readonly TestedClass[]
  readonly fpr: number
  readonly level: number
  readonly resamples: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress: (done: number) => void
}

/** The runs of one scenario, and what is made of them. */
export interface TestedScenario {
  readonly trained: TrainedScenarios
  readonly iScenario: number
  readonly runs: Scenario
  readonly classes: readonly TestedClass[]
  readonly onProgress: (done: number) => void
}

export interface StudyStatistics {
  /** Indices of the runs that everything else is made of. */
  readonly converged: readonly number[]
  readonly classes: ClassResult[]
  /** ξ of each class in every run that counts, [classes][runs]. */
  readonly xis: readonly Float64Array[]
  /** ξ of each class as far as samples and training leave it open, see {@link xiDraws}. */
  readonly xiDraws: readonly Float64Array[]
  readonly validation: StudyResult['validation']
  readonly firstRun: RunScores
  readonly warnings: string[]
}

/**
 * What the scores of a study say: TPR of both detectors over runs, ξ and its interval for each class of anomalies.
 *
 * Only runs in which both detectors converged count. All their 2R detectors are resampled together, so that every replicate
 * shows every run the same samples. A sample that a run trained on is left out of that run's TPR, in the data as in the
 * replicates. Errors: those of `convergedRuns` and `bootstrap`.
 */
export async function studyStatistics(study: StudyScores): Promise<StudyStatistics> {
  const { fpr, signal, classes } = study
  const { indices, warnings } = convergedRuns(study.baseline, study.candidate)
  const detectors = [study.baseline, study.candidate].flatMap(({ scores }) =>
    indices.map((i) => setsOf(at(scores, i), at(study.splits, i), classes)),
  )
  const result = await bootstrap(detectors, {
    fprs: [fpr],
    resamples: study.resamples,
    seed: study.seed,
    outputs: { thresholds: false },
    signal,
    onProgress: ({ done }) => study.onProgress(done),
  })

  const nRuns = indices.length
  const { thresholds, observedFpr } = result.observed
  const first = at(indices, 0)
  const { validation, seen } = at(study.splits, first)
  const rates = classes.map((_, k) => classRates(result, k))
  const xis = rates.map((one) => one.xis)
  const replicates = rates.map((one) => one.replicates)
  const scoresOf = (d: number) => testedScores(at(detectors, d), at(thresholds, d))
  return {
    converged: indices,
    classes: classes.map((one, k) => classResult(one, at(rates, k), testedCount(at(detectors, 0), k), study.level)),
    xis,
    xiDraws: xiDraws(xis, replicates, study.seed),
    validation: {
      n: validation.length,
      nTrainedOn: validation.reduce((n, row) => n + at(seen, row), 0),
      fprBaseline: meanSd(observedFpr.subarray(0, nRuns)),
      fprCandidate: meanSd(observedFpr.subarray(nRuns)),
    },
    firstRun: { run: first, baseline: scoresOf(0), candidate: scoresOf(nRuns) },
    warnings: [...warnings, ...(validation.length * fpr < 1 ? [tooFewNormals(validation.length, fpr)] : [])],
  }
}

/** What a study says of its pair in one of the scenarios that were trained. */
export function scenarioStatistics(
  study: Pick<CheckedStudy, 'baseline' | 'candidate' | 'fpr' | 'level' | 'resamples' | 'seed' | 'signal'>,
  { trained, iScenario, runs, classes, onProgress }: TestedScenario,
): Promise<StudyStatistics> {
  const { fpr, level, resamples, seed, signal } = study
  return studyStatistics({
    baseline: trained.runsOf(study.baseline, iScenario),
    candidate: trained.runsOf(study.candidate, iScenario),
    splits: runs.map(({ split }) => split),
    ...{ classes, fpr, level, resamples, seed, signal, onProgress },
  })
}

/** One detector's scores in one run, and which of them it is not tested on. */
interface RunSets extends DetectorScores {
  readonly normal: Float32Array
  readonly anomalous: readonly Float32Array[]
  readonly excluded: readonly (Uint8Array | undefined)[]
}

function setsOf(scores: Float32Array, { validation, seen }: Split, classes: readonly TestedClass[]): RunSets {
  const pick = (rows: Uint32Array) => Float32Array.from(rows, (row) => at(scores, row))
  return {
    normal: pick(validation),
    anomalous: classes.map(({ rows }) => pick(rows)),
    excluded: classes.map(({ rows }) => {
      const mask = Uint8Array.from(rows, (row) => at(seen, row))
      return mask.includes(1) ? mask : undefined
    }),
  }
}

/** What a class gave: recall of both detectors and ξ in every run, and the mean of ξ over runs in every replicate. */
interface ClassRates {
  readonly tprBaseline: Float64Array
  readonly tprCandidate: Float64Array
  readonly xis: Float64Array
  readonly replicates: Float64Array
}

function classRates({ nDetectors, nClasses, resamples, observed, tpr }: BootstrapResult, k: number): ClassRates {
  invariant(tpr !== undefined, 'a bootstrap without recalls')
  const nRuns = nDetectors / 2
  const own = observed.observedTpr.subarray(k * nDetectors, (k + 1) * nDetectors)
  const [tprBaseline, tprCandidate] = [own.subarray(0, nRuns), own.subarray(nRuns)]
  return {
    tprBaseline,
    tprCandidate,
    xis: tprCandidate.map((recall, run) => recall - at(tprBaseline, run)),
    replicates: Float64Array.from({ length: resamples }, (_, b) => {
      const row = (b * nClasses + k) * nDetectors
      let sum = 0
      for (let i = row; i < row + nRuns; i++) sum += at(tpr, i + nRuns) - at(tpr, i)
      return sum / nRuns
    }),
  }
}

function classResult({ name, l2 }: TestedClass, rates: ClassRates, n: number, level: number): ClassResult {
  const { interval } = studyInterval(rates.xis, rates.replicates, n, level)
  return {
    name,
    n,
    l2,
    tprBaseline: meanSd(rates.tprBaseline),
    tprCandidate: meanSd(rates.tprCandidate),
    xi: meanSd(rates.xis).mean,
    interval,
    direction: direction(interval),
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

function tooFewNormals(n: number, fpr: number): string {
  return `${n} normal samples are too few for a false-positive rate of ${fpr}: the thresholds are the largest normal scores`
}
