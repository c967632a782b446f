import type { Split } from '../data/splits/splits.js'
import { direction } from '../stats/bias/direction.js'
import { type BootstrapResult, bootstrap, type DetectorScores } from '../stats/bootstrap/bootstrap.js'
import { meanSd } from '../stats/meanSd.js'
import { convergedRuns, type DetectorTraining } from './convergedRuns.js'
import type { ClassDistance } from './similarity.js'
import { studyInterval } from './studyInterval.js'
import type { ClassResult, RunDetectorScores, RunScores, StudyResult } from './types.js'
import { xiDraws } from './xiDraws.js'

export interface TrainedDetector extends DetectorTraining {
  /** Scores of every sample of the data set in every run, [runs][samples]. */
  readonly scores: readonly Float32Array[]
}

export interface StudyScores {
  readonly baseline: TrainedDetector
  readonly candidate: TrainedDetector
  /** What each run's detectors were trained and are tested on. */
  readonly splits: readonly Split[]
  /** Classes of anomalies, in the order of the result. */
  readonly classes: readonly (ClassDistance & { readonly rows: Uint32Array })[]
  readonly fpr: number
  readonly level: number
  readonly resamples: number
  readonly seed: number
  readonly signal: AbortSignal | undefined
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
 * Only runs in which both detectors converged count. All their 2R detectors are resampled together, so that every replicate shows every run the same samples. A sample that a
 * run trained on is left out of that run's TPR, in the data as in the replicates.
 * Errors: those of `convergedRuns` and `bootstrap`.
 */
export async function studyStatistics(study: StudyScores): Promise<StudyStatistics> {
  const { classes, fpr, level, signal } = study
  const { indices, warnings } = convergedRuns(study.baseline, study.candidate)
  const kept = <T>(ofRuns: readonly T[]): T[] => indices.flatMap((i) => ofRuns[i] ?? [])
  const splits = kept(study.splits)
  const nRuns = splits.length
  const validation = splits[0]?.validation ?? new Uint32Array(0)
  const detectors = [study.baseline, study.candidate].flatMap((trained) =>
    kept(trained.scores).map((scores, run): DetectorScores => {
      const seen = splits[run]?.seen ?? new Uint8Array(0)
      return {
        normal: pick(scores, validation),
        anomalous: classes.map(({ rows }) => pick(scores, rows)),
        excluded: classes.map(({ rows }) => seenAmong(rows, seen)),
      }
    }),
  )
  const result = await bootstrap(detectors, {
    fprs: [fpr],
    resamples: study.resamples,
    seed: study.seed,
    outputs: { thresholds: false },
    signal,
    onProgress: ({ done }) => study.onProgress(done),
  })

  const { observed, tpr = new Float64Array(0) } = result
  const columns = (values: Float64Array, from: number) => values.subarray(from * nRuns, (from + 1) * nRuns)
  const xis = classes.map((_, k) => {
    const tprBaseline = columns(observed.observedTpr, 2 * k)
    return columns(observed.observedTpr, 2 * k + 1).map((tpr, run) => tpr - (tprBaseline[run] ?? Number.NaN))
  })
  const means = classes.map((_, k) => meanXis(result, tpr, k))
  const results = classes.map(({ name, l2, rows }, k): ClassResult => {
    const own = xis[k] ?? new Float64Array(0)
    const n = testedCount(detectors[0], k, rows.length)
    const { interval } = studyInterval(own, means[k] ?? new Float64Array(0), n, level)
    return {
      name,
      n,
      l2,
      tprBaseline: meanSd(columns(observed.observedTpr, 2 * k)),
      tprCandidate: meanSd(columns(observed.observedTpr, 2 * k + 1)),
      xi: meanSd(own).mean,
      interval,
      direction: direction(interval),
    }
  })
  const scoresOf = (d: number): RunDetectorScores => {
    const { normal, anomalous, excluded = [] } = detectors[d] ?? { normal: new Float32Array(0), anomalous: [] }
    const tested = anomalous.map((scores, k) => scores.filter((_, i) => (excluded[k]?.[i] ?? 0) === 0))
    return {
      threshold: observed.thresholds[d] ?? Number.NaN,
      normal: Float32Array.from(normal),
      classes: tested.map((scores) => Float32Array.from(scores)),
    }
  }
  return {
    converged: indices,
    classes: results,
    xis,
    xiDraws: xiDraws(xis, means, study.seed),
    validation: {
      n: validation.length,
      nTrainedOn: validation.reduce((n, row) => n + (splits[0]?.seen[row] ?? 0), 0),
      fprBaseline: meanSd(columns(observed.observedFpr, 0)),
      fprCandidate: meanSd(columns(observed.observedFpr, 1)),
    },
    firstRun: { run: indices[0] ?? 0, baseline: scoresOf(0), candidate: scoresOf(nRuns) },
    warnings: [...warnings, ...(validation.length * fpr < 1 ? [tooFewNormals(validation.length, fpr)] : [])],
  }
}

/** ξ of class k in every replicate, as the mean over runs. */
function meanXis({ nDetectors, nClasses, resamples }: BootstrapResult, tpr: Float64Array, k: number): Float64Array {
  const nRuns = nDetectors / 2
  return Float64Array.from({ length: resamples }, (_, b) => {
    const row = (b * nClasses + k) * nDetectors
    let sum = 0
    for (let run = 0; run < nRuns; run++) sum += (tpr[row + nRuns + run] ?? 0) - (tpr[row + run] ?? 0)
    return sum / nRuns
  })
}

function pick(scores: Float32Array, rows: Uint32Array): Float32Array {
  return Float32Array.from(rows, (row) => scores[row] ?? Number.NaN)
}

function seenAmong(rows: Uint32Array, seen: Uint8Array): Uint8Array | undefined {
  const mask = Uint8Array.from(rows, (row) => seen[row] ?? 0)
  return mask.includes(1) ? mask : undefined
}

function testedCount(scores: DetectorScores | undefined, k: number, nRows: number): number {
  const mask = scores?.excluded?.[k]
  return mask === undefined ? nRows : mask.reduce((n, seen) => n + Number(seen === 0), 0)
}

function tooFewNormals(n: number, fpr: number): string {
  return `${n} normal samples are too few for a false-positive rate of ${fpr}: the thresholds are the largest normal scores`
}
