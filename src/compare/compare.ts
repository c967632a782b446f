import { biasDefaults, defaultDelta } from '../biasDefaults.js'
import { at, flag, integer, type OptionChecks, plain, requireOptions, text, wrongType } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { Progress } from '../progress.js'
import type { ScoreCells } from '../scores/scoreCells.js'
import { isRows, type ScoreRows } from '../scores/scoreRows.js'
import { enoughOf } from '../stats/bias/enoughSamples.js'
import { type BiasEstimate, estimateTargets } from '../stats/bias/estimate.js'
import type { SetAnswer } from '../stats/bias/families.js'
import { type GateOptions, gateChecks, verdictOfAll } from '../stats/bias/gate.js'
import { groupsWarnings, requireGroupsQuestion } from '../stats/bias/groupLabels.js'
import { type MixOptions, mixChecks, mixedBiases } from '../stats/bias/mix.js'
import { type BiasOptions, biasChecks } from '../stats/bias/options.js'
import { answerOf } from '../stats/bias/relativeBias.js'
import {
  curveResamples,
  defaultFprs,
  type RelativeBiasCurve,
  type RelativeBiasCurveOptions,
  relativeBiasCurve,
} from '../stats/bias/relativeBiasCurve.js'
import type { ScorePair } from '../stats/bias/types.js'
import { copyTargets } from '../stats/ranks/threshold.js'
import { fewestCertified, nativeDefinition, requireCertifiable } from '../stats/ranks/thresholdRule.js'
import { type Alerts, type AlertsOptions, alertsChecks, detectorAlerts } from './alerts.js'
import { candidateLaw } from './candidateLaw.js'
import { comparedDetector, rateOf } from './comparedDetector.js'
import { compareWarnings, manyCandidates } from './compareWarnings.js'
import { requireFewAnswers } from './mostDetectors.js'
import type { ReadScoresOptions } from './readingOptions.js'
import { readScoreRows } from './readScores.js'
import { columnChecks } from './scoreColumns.js'
import { comparedSets, namedScores, nameOf } from './scoreData.js'
import { allCells, reachedScores } from './summary/reachedScores.js'
import type { CandidateComparison, ComparedClass, ComparedDetector, Comparison, ScoreData } from './types.js'
import { worseThanChance } from './worseThanChance.js'

export interface CompareOptions extends BiasOptions, GateOptions, MixOptions, AlertsOptions {
  /**
   * Whether to estimate ξ over target false-positive rates as well, with at most 5,000 draws, or 2,000 replicates of the
   * bootstrap: at these rates, or with `true` at 0.005, 0.010, …, 0.5, from 100,000 samples or four candidates on at thirteen
   * of them. Default false.
   */
  readonly curve?: boolean | readonly number[] | Float64Array | undefined
  /** Whether to return what intervals are read off too, as the report draws it: see {@link CandidateLaw}. Default false. */
  readonly laws?: boolean | undefined
  /** How many candidates, the first, get the `curve` and the `laws` that are asked for. Default all. */
  readonly drawnCandidates?: number | undefined
  /**
   * Of rows that are read as they come, as in {@link readScores}: names of the detectors (`baseline`, `candidates`), of the fields (`label`,
   * `class`, `split`), of the normal class (`normal`) and of the rows in messages (`source`).
   */
  readonly rows?: RowNames | undefined
}

/** What rows that `compare` reads as they come are called. */
export type RowNames = Pick<
  ReadScoresOptions,
  'baseline' | 'candidates' | 'label' | 'class' | 'split' | 'normal' | 'source'
>

const rowChecks: OptionChecks<RowNames> = {
  baseline: text,
  candidates: columnChecks.candidates,
  label: columnChecks.label,
  class: columnChecks.class,
  split: columnChecks.split,
  normal: text,
  source: text,
}
export const compareChecks: OptionChecks<CompareOptions> = {
  ...biasChecks,
  ...gateChecks,
  ...mixChecks,
  ...alertsChecks,
  laws: flag,
  drawnCandidates: integer(0),
  curve: (name, value) => (typeof value === 'boolean' ? undefined : copyCurve(name, value)),
  rows: plain((_, value) => requireOptions<RowNames>('rows', value as RowNames, rowChecks)),
}

/** Targets of a curve where a hundred would take long: of many candidates, or of so many samples. */
const fewTargets = Float64Array.of(0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
const manySamples = 100_000

/**
 * Compares detectors that scored the same samples: the recall of each candidate less that of the baseline at a fixed
 * false-positive rate, for each class of anomalies, with what the samples can and cannot tell.
 *
 * Thresholds are read off `validation`, false-positive rates off `validation` and `test`, recalls off `anomalous`. With
 * one candidate the estimates, intervals and p-values are those of {@link relativeBias}, bit for bit, of the same options. All
 * candidates and classes make one family: `simultaneous` intervals hold for all of them at once, `pAdjusted` allows for
 * looking at all ({@link simultaneous}; over candidates without shared replicates by Bonferroni), and arrows follow these
 * intervals. Rates come with exact intervals ({@link binomialInterval});
 * at a threshold that is an order statistic of the same normals, that of their FPR holds for continuous scores too: its
 * upper limit is the quantile of Beta(m + 1, n − m), the law of the true FPR there.
 *
 * Where the scores have `groups`, whole groups are what was drawn: see {@link relativeBias} and docs/groups.md. The exact
 * intervals of rates take samples for independent all the same.
 *
 * Rows that come one by one, from an async iterable or a stream of objects, are collected first, at 8 bytes a score; see
 * {@link readScores}.
 *
 * With a `margin` classes, candidates and the whole get verdicts, see {@link relativeBias} and docs/gate.md.
 *
 * A single class is all anomalies: it is answered for once, and `overall` is that answer under its own name.
 *
 * Nothing is flipped or dropped silently; `warnings` says what a careful reader would want to know. Time and memory:
 * those of {@link bootstrap} with all detectors on all anomalies and on each class, or of {@link relativeBias} for each
 * candidate. A curve is drawn whatever the engine.
 *
 * Errors: `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`, `UNKNOWN_NAME`,
 * `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const { candidates } = await compare({
 *   source: 'example',
 *   detectors: ['old', 'new'],
 *   validation: [Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 1, 4, 3)],
 *   anomalous: [Float64Array.of(3, 5, 2), Float64Array.of(5, 6, 4)],
 * }, { fpr: 0.25 })
 */
export async function compare(scores: ScoreData | ScoreRows, options: CompareOptions = {}): Promise<Comparison> {
  const given = ownCurve(requireOptions('compare', options, compareChecks))
  const asked = { ...biasDefaults, ...given, resamples: given.resamples }
  return at(await comparisonsAt([asked.fpr], scores, asked), 0)
}

const rowsCalled = { called: 'scores', option: (name: string) => `rows.${name}` }

/** Options whose targets of a curve the caller may change. */
function ownCurve<T extends Pick<CompareOptions, 'curve'>>(given: T): T {
  const { curve } = given
  return curve === undefined || typeof curve === 'boolean' ? given : { ...given, curve: copyCurve('curve', curve) }
}

/** Targets of a curve. Errors: those of `copyTargets`, `EMPTY_SAMPLE`. */
function copyCurve(name: string, value: unknown): Float64Array {
  const fprs = copyTargets(name, value)
  if (fprs.length > 0) return fprs
  throw new ScoringBiasError('EMPTY_SAMPLE', `${name} is empty. Name at least one target, or leave ${name} out`)
}

/** Options that are checked, with what they leave open. */
export type ComparisonOptions = CompareOptions & {
  readonly [K in Exclude<keyof typeof biasDefaults, 'resamples'>]: Exclude<BiasOptions[K], undefined>
}

/** A comparison at each target. What holds for all classes and candidates at once holds for all targets, too. */
export async function comparisonsAt(
  fprs: readonly number[],
  scores: ScoreData | ScoreRows,
  asked: ComparisonOptions,
): Promise<Comparison[]> {
  const began = performance.now()
  if (typeof scores !== 'object' || scores === null || ArrayBuffer.isView(scores)) {
    throw wrongType('scores', 'an object of arrays or an iterable of rows', scores)
  }
  const { signal, onProgress, rows } = asked
  const read = isRows(scores) ? await readScoreRows(scores, { ...rows, signal, onProgress }, rowsCalled) : scores
  if (asked.perDay !== undefined && asked.prevalence === undefined) {
    throw new ScoringBiasError('OUT_OF_RANGE', 'perDay needs the share of anomalies. Give it as prevalence')
  }
  requireComparable(read, asked)
  const data = namedScores(read)
  const { filled, ...reached } = reachedScores(data, asked, fprs)
  const { compared, test } = comparedSets(filled)
  const nClasses = Array.isArray(filled.classes) ? new Set(filled.classes).size : 1
  requireFewAnswers(compared.detectors.length - 1, fprs.length, nClasses)
  requireCertain(filled, fprs, { ...asked, ...reached })
  const { groups } = filled
  const cells = data.below && allCells(data.below)
  const estimates = await estimateTargets(compared, { ...asked, ...reached, fprs, design: 'paired', groups })
  const family = estimates.flatMap(({ candidates }) => candidates.flatMap(({ classes }) => classes))
  const source = { data, cells, test, below: reached.below, family, fprs }
  const comparisons: Omit<Comparison, 'elapsedSeconds'>[] = []
  for (const estimate of estimates) comparisons.push(await comparisonOf(estimate, source, asked))
  return comparisons.map((one) => ({ ...one, elapsedSeconds: (performance.now() - began) / 1000 }))
}

/** Requires enough normals for certified thresholds, by the detector's name; other targets than can be are refused later. */
function requireCertain(
  { detectors, validation }: ScoreData,
  fprs: readonly number[],
  { thresholdRule, delta, below = 0 }: ComparisonOptions & { readonly below?: number | undefined },
): void {
  const targets = fprs.filter((fpr) => fpr > 0 && fpr < 1)
  const n = at(validation, 0).length + below
  requireCertifiable(`'${at(detectors, 0)}'`, n, targets, nativeDefinition(thresholdRule, delta))
}

interface Source {
  readonly data: ScoreData
  /** Where the scores of all normals lie, where some are not among the scores. */
  readonly cells: readonly ScoreCells[] | undefined
  readonly test: ReturnType<typeof comparedSets>['test']
  /** Normal samples that are not among the scores. */
  readonly below: number
  /** The classes of all candidates and targets. */
  readonly family: readonly SetAnswer[]
  readonly fprs: readonly number[]
}

async function comparisonOf(
  estimate: BiasEstimate,
  { data, cells, test, below, family, fprs }: Source,
  asked: ComparisonOptions,
): Promise<Omit<Comparison, 'elapsedSeconds'>> {
  const { thresholdRule, delta = defaultDelta, level, intervalMethod } = asked
  const { groups } = data
  const { fpr, sets, replicates, engine, resamples, seed, readings, candidates: answers } = estimate
  const { normal, anomalous } = sets.input
  const counts = estimate.groups
  const nNormal = at(normal, 0).length + below
  const nTest = data.below?.nTest
  // Those that no threshold can reach may be all.
  const tested = test ?? (nTest !== undefined && nTest > 0 ? data.detectors.map(() => new Float64Array(0)) : undefined)
  const detectors = readings.map(({ threshold }, d) => {
    const scored = {
      ...{ normal: at(normal, d), nNormal, anomalous: at(at(anomalous, d), 0) },
      ...{ test: tested && at(tested, d), nTest },
    }
    const { testPValue, ...detector } = comparedDetector(at(data.detectors, d), scored, { threshold, level })
    // Its law is that of samples on their own.
    return groups === undefined ? { ...detector, testPValue } : detector
  })
  const { mix, resamples: drawsAsked = biasDefaults.resamples } = asked
  const mixes =
    mix && (await mixedBiases(estimate, { ...asked, resamples: drawsAsked, mix, nTargets: fprs.length }, nameOf))
  const { curve = false, laws = false, drawnCandidates = answers.length } = asked
  const curveFprs = curve === true ? curveTargets(sets.input, answers.length, asked) : curve
  const candidates: CandidateComparison[] = []
  for (const [i, answer] of answers.entries()) {
    const { overall, classes, verdict } = answer
    const pair = [0, i + 1].map(pairOf) as [ScorePair, ScorePair]
    candidates.push({
      candidate: at(detectors, i + 1),
      classes: classes.map((own, k) => ({
        ...comparedClass(at(sets.classNames, k), own, level),
        ...(counts && { nGroups: at(counts.classes, k) }),
      })),
      overall: { ...comparedClass('all anomalies', overall, level), ...(counts && { nGroups: counts.anomalous }) },
      ...(verdict === undefined ? {} : { verdict }),
      ...(mixes === undefined ? {} : { mix: at(mixes, i) }),
      curve:
        i < drawnCandidates ? await curveOf(pair, { ...asked, curve: curveFprs, resamples: drawsAsked }) : undefined,
      ...(laws && i < drawnCandidates ? { law: await candidateLaw(pair, answer, asked) } : {}),
    })
  }
  const alerts = alertsOf(detectors, candidates, { ...asked, fpr })
  const verdict = verdictOfAll(candidates.map((one) => one.verdict))
  const comparison = {
    source: data.source,
    fpr,
    ...(fprs.length === 1 ? {} : { fprs }),
    thresholdRule,
    delta: thresholdRule === 'certified' ? delta : undefined,
    level,
    intervalMethod,
    resamples,
    seed,
    engine,
    multiplicity: replicates.shared ? ('joint' as const) : ('bonferroni' as const),
    nNormal,
    nAnomalous: at(answers, 0).overall.n,
    ...(counts && { nGroups: { all: counts.all, normal: counts.normal, anomalous: counts.anomalous } }),
    baseline: at(detectors, 0),
    candidates,
    ...(verdict === undefined ? {} : { verdict }),
    ...(alerts === undefined ? {} : { alerts }),
  }
  const ranked = detectors.map(({ name }, d) => {
    return { name, normal: cells === undefined ? at(normal, d) : at(cells, d), anomalous: at(at(anomalous, d), 0) }
  })
  // What a detector worse than chance is told by is a bound for samples on their own.
  const reversed = groups === undefined ? await worseThanChance(ranked) : []
  const warnings = [
    ...(data.notes ?? []),
    ...compareWarnings(comparison, { answers, family, reversed }),
    ...(counts === undefined ? [] : groupsWarnings(counts, sets.classNames)),
  ]
  return { ...comparison, warnings }

  function pairOf(d: number): ScorePair {
    return { normal: at(normal, d), anomalous: at(at(anomalous, d), 0) }
  }
}

/** Of all detectors on the mix that is asked about, or on all anomalies. */
function alertsOf(
  detectors: readonly ComparedDetector[],
  candidates: readonly CandidateComparison[],
  { prevalence, perDay, fpr }: AlertsOptions & { readonly fpr: number },
): Alerts | undefined {
  if (prevalence === undefined) return undefined
  const recalls = detectors.map(({ name }, d) => {
    const { mix, overall } = at(candidates, Math.max(0, d - 1))
    const { tprBaseline, tprCandidate } = mix ?? overall
    return { name, recall: d === 0 ? tprBaseline : tprCandidate }
  })
  const all = recalls.map((one) => detectorAlerts(one, { prevalence, perDay, fpr }))
  return { prevalence, ...(perDay === undefined ? {} : { perDay }), detectors: all }
}

/** Errors: `OUT_OF_RANGE`. */
function requireComparable({ groups, trainings }: ScoreData, asked: CompareOptions): void {
  if (trainings !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'the scores are those of several trainings of each detector. Compare these with compareSeeds',
    )
  }
  if (groups === undefined) return
  requireGroupsQuestion(asked)
  if (asked.curve !== undefined && asked.curve !== false) {
    throw new ScoringBiasError('OUT_OF_RANGE', 'samples in groups have no curve. Leave curve out, or leave groups out')
  }
  if (asked.laws === true) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'laws of samples in groups are not drawn. Leave laws out, or leave groups out',
    )
  }
}

function comparedClass(name: string, own: SetAnswer, level: number): ComparedClass {
  const { n, tprBaseline, tprCandidate, direction } = own
  return {
    name,
    n,
    tprBaseline: rateOf(tprBaseline, n, level),
    tprCandidate: rateOf(tprCandidate, n, level),
    ...answerOf(own),
    enough: direction === 'none' ? enoughOf(own, { gamma: own.gamma }) : undefined,
  }
}

type CurveOptions = Omit<RelativeBiasCurveOptions, 'fprs'> & {
  readonly curve: Exclude<CompareOptions['curve'], true | undefined>
  readonly resamples: number
}

async function curveOf(
  [baseline, candidate]: readonly [ScorePair, ScorePair],
  { curve, onProgress, ...asked }: CurveOptions,
): Promise<RelativeBiasCurve | undefined> {
  if (curve === false) return undefined
  const {
    thresholdRule,
    delta,
    level,
    intervalMethod = biasDefaults.intervalMethod,
    seed,
    engine,
    threads,
    signal,
  } = asked
  return relativeBiasCurve(
    { baseline, candidate },
    {
      fprs: curve,
      ...{ thresholdRule, delta, level, intervalMethod, seed, threads, signal },
      // Targets share their replicates.
      engine: engine === 'exact' ? 'auto' : engine,
      resamples: Math.min(asked.resamples, curveResamples(intervalMethod)),
      onProgress: (progress: Progress) => onProgress?.({ ...progress, phase: 'curve' }),
    },
  )
}

/** Those of the default that the normals can certify, where that is asked for. */
function curveTargets(
  { normal, anomalous }: BiasEstimate['sets']['input'],
  nCandidates: number,
  { thresholdRule, delta = defaultDelta }: ComparisonOptions,
): Float64Array {
  const nNormal = at(normal, 0).length
  const many = nNormal + at(at(anomalous, 0), 0).length >= manySamples || nCandidates >= manyCandidates
  const all = many ? fewTargets : defaultFprs
  return thresholdRule === 'certified' ? all.filter((fpr) => fewestCertified(fpr, delta) <= nNormal) : all
}
