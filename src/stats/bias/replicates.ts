import { at, invariant } from '../../check.js'
import type { JobOptions } from '../../job.js'
import type { BootstrapArguments, SampleGroups } from '../../native.js'
import type { OnProgress } from '../../progress.js'
import { type BootstrapResult, bootstrapInput, type PairResult } from '../bootstrap/bootstrap.js'
import type { SetName } from '../bootstrap/bootstrapInput.js'
import type { IntervalMethod } from '../bootstrap/bootstrapInterval.js'
import { confidenceDraws } from '../bootstrap/confidenceDraws.js'
import { groupConfidenceDraws } from '../bootstrap/groupConfidenceDraws.js'
import { emptySide } from '../ranks/thresholdRule.js'
import { type AnsweredBy, type BiasEngine, exactBudget, notCovered, requireCovered } from './biasEngine.js'
import { type ConfidenceLawOptions, type ConfidenceLaws, confidenceLaws } from './confidenceLaw.js'
import { type ExactLaws, exactLaws } from './exactLaws.js'
import { type Cell, decidingSamples, fewDeciding, type PairEvidence } from './setBias.js'
import type { ScoreSets } from './sets.js'

export interface ReplicatesOptions extends JobOptions {
  readonly resamples: number
  readonly seed: number
  readonly engine: BiasEngine
  readonly intervalMethod: IntervalMethod
  /** Whether the replicates of thresholds are wanted as well. Default false. */
  readonly thresholds?: boolean | undefined
  /** Whether everything is to be drawn. Default false. */
  readonly drawn?: boolean | undefined
  /** Default: each sample is on its own. */
  readonly groups?: SampleGroups | undefined
  /** Of samples in groups: told of each detector's smallest threshold, which it may refuse. */
  readonly checkThreshold?: ((detector: number, smallest: number) => void) | undefined
  readonly onProgress?: OnProgress | undefined
}

/** The law of ξ* for the baseline and each candidate: replicates, draws or a closed form. */
export interface CandidateReplicates {
  readonly engine: AnsweredBy
  /** Whether anything was drawn: with the engine `exact` only where its answer is not relied on. */
  readonly drawn: boolean
  /** Whether replicate b is the same resample for every candidate; true of a single one. */
  readonly shared: boolean
  /** One for each candidate. */
  readonly pairs: readonly PairEvidence[]
}

type Input = BootstrapArguments['input']
type Sets = Pick<ScoreSets, 'input' | 'classOf'>

/** Indices that are drawn at most for replicates that candidates share: about four seconds on one thread. */
const mostDraws = 1e9

/**
 * Replicates of a baseline and its candidates, the detectors of `input` from the second on, or their laws in closed form.
 *
 * The confidence distribution, in closed form where `auto` or `exact` covers it, is each pair's own. One candidate is a pair for every engine of the bootstrap.
 * For samples in groups, draws weigh groups; draw b weighs them alike for every candidate.
 *
 * For several, what is said of all of them together (see {@link simultaneous}) wants replicate b to be the same resample
 * for each. The `direct` engine gives that: it draws indices from streams that know only the seed, the set and the
 * replicate, so all detectors are read on one draw, and a candidate's replicates do not depend on the others. The engines
 * `tree`, `table` and `exact` know only a pair: two candidates share no resample. `auto` draws
 * directly where that takes 10⁹ indices at most, B·(n₀ + 2 n₁) of them; beyond, and for `studentized`, whose standard
 * errors only the tree has, each candidate has its own law and `shared` is false.
 *
 * Errors: those of {@link bootstrap}.
 */
export async function drawReplicates(
  sets: Sets,
  options: ReplicatesOptions,
  nameOf: SetName,
): Promise<CandidateReplicates> {
  const { input } = sets
  const candidates = input.normal.slice(1).map((_, i) => i + 1)
  const pairSets = candidates.map((d) => (candidates.length === 1 ? sets : pairOf(sets, d)))
  if (options.groups !== undefined) return groupReplicates(pairSets, { ...options, groups: options.groups }, nameOf)
  const single = candidates.length === 1
  const shared = single || (options.intervalMethod !== 'confidence' && sharesDraws(input, options))
  const exact = single || !shared ? await pairLaws(pairSets, options, nameOf) : undefined
  const joint = single || !shared ? undefined : await sharedReplicates(sets, options, nameOf)
  const pairs: PairEvidence[] = []
  for (const [i, { input: pair }] of pairSets.entries()) {
    const own = { ...options, onProgress: partOf(options.onProgress, i, candidates.length) }
    const found = exact === undefined ? joint && at(joint, i) : at(exact, i)
    const alone = found === undefined && !single && options.intervalMethod !== 'confidence'
    const engine = own.engine === 'table' ? 'table' : 'tree'
    const drawn = alone ? await pairReplicates(pair, { ...own, engine }, nameOf) : found
    pairs.push(await pairEvidence(pair, own, nameOf, drawn))
  }
  const { engine } = at(pairs, 0).result
  return { engine, drawn: pairs.some(({ result, draws }) => (draws ?? result).resamples > 0), shared, pairs }
}

/** Draws by groups, of one training of each detector; those of one seed weigh groups alike at every target. */
async function groupReplicates(
  pairs: readonly Sets[],
  { groups, checkThreshold, ...options }: ReplicatesOptions & { readonly groups: SampleGroups },
  nameOf: SetName,
): Promise<CandidateReplicates> {
  const evidence: PairEvidence[] = []
  for (const [i, { input }] of pairs.entries()) {
    const targets: GroupDraws[] = []
    for (const [f, fpr] of input.fprs.entries()) {
      const onProgress = partOf(options.onProgress, i * input.fprs.length + f, pairs.length * input.fprs.length)
      const asked = { ...options, groups, nBaseline: 1, thresholds: checkThreshold !== undefined, onProgress }
      const { thresholds, ...draws } = await groupConfidenceDraws(
        { ...input, fprs: Float64Array.of(fpr) },
        asked,
        nameOf,
      )
      if (thresholds !== undefined) {
        const smallest = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as [number, number]
        for (const [place, own] of thresholds.entries())
          smallest[place % 2 === 0 ? 0 : 1] = Math.min(smallest[place % 2 === 0 ? 0 : 1], own)
        for (const [place, own] of smallest.entries()) checkThreshold?.(place === 0 ? 0 : i + 1, own)
      }
      targets.push(draws)
    }
    const none = { thresholds: undefined, acceleration: undefined, standardError: undefined, standardErrors: undefined }
    const result: PairResult = { ...joined(targets), ...none, engine: 'confidence' }
    const deciding = cellsOf(result).map((cell) => decidingSamples(input, result, cell))
    const without = { confidence: undefined, draws: undefined }
    evidence.push({ input, result, ...without, tolerant: tolerantOf(input), groups, deciding })
  }
  return { engine: 'confidence', drawn: true, shared: true, pairs: evidence }
}

type GroupDraws = Omit<Awaited<ReturnType<typeof groupConfidenceDraws>>, 'thresholds'>

/** Draws at several targets as one result, target by target within a draw. */
function joined(targets: readonly GroupDraws[]) {
  const { nDetectors, nClasses, resamples } = at(targets, 0)
  const nFprs = targets.length
  const size = nClasses * nDetectors
  const tpr = nFprs === 1 ? at(targets, 0).tpr : new Float64Array(resamples * nFprs * size)
  if (nFprs > 1) {
    for (const [f, one] of targets.entries()) {
      for (let b = 0; b < resamples; b++) tpr.set(one.tpr.subarray(b * size, (b + 1) * size), (b * nFprs + f) * size)
    }
  }
  const all = (name: keyof GroupDraws['observed']) =>
    Float64Array.from(targets.flatMap(({ observed }) => Array.from(observed[name])))
  const observed = {
    thresholds: all('thresholds'),
    observedFpr: all('observedFpr'),
    observedTpr: all('observedTpr'),
  }
  return { nDetectors, nClasses, nFprs, resamples, tpr, observed }
}

/** Of each target, whether both thresholds have a place among their normals. */
export function tolerantOf({ normal, fprs, definition, below = 0 }: Input): boolean[] {
  return Array.from(fprs, (fpr) =>
    normal.every(({ length }) => emptySide(fpr, length + below, definition) === undefined),
  )
}

/** The progress of one of several equal pieces of work, where someone is told. */
export function partOf(onProgress: OnProgress | undefined, i: number, parts: number): OnProgress | undefined {
  if (onProgress === undefined) return undefined
  return ({ phase, done, total }) => onProgress({ phase, done: i * total + done, total: parts * total })
}

/** Of each pair in closed form; undefined where replicates are drawn. Errors: `OUT_OF_RANGE` where it is not covered. */
async function pairLaws(
  pairs: readonly Sets[],
  options: ReplicatesOptions,
  nameOf: SetName,
): Promise<ExactLaws[] | undefined> {
  const { engine, intervalMethod, threads, signal } = options
  if (intervalMethod === 'confidence' || (engine !== 'exact' && engine !== 'auto')) return undefined
  for (const { input } of pairs) {
    if (engine === 'exact') requireCovered(input, options)
    else if (notCovered(input, options) !== undefined) return undefined
  }
  const all: ExactLaws[] = []
  for (const [i, pair] of pairs.entries()) {
    const onProgress = partOf(options.onProgress, i, pairs.length)
    const budget = engine === 'auto' ? exactBudget / pairs.length : Number.POSITIVE_INFINITY
    const fewest = tolerantOf(pair.input).every(Boolean) ? fewDeciding : Number.POSITIVE_INFINITY
    const laws = await exactLaws(pair, { threads, signal, onProgress, budget, fewest }, nameOf)
    if (laws === undefined) return undefined
    all.push(laws)
  }
  return all
}

/** The head of a result without replicates. */
function exactResult({ anomalous }: Input, { observed }: Pick<ExactLaws, 'observed'>): PairResult {
  const none = { thresholds: undefined, tpr: undefined, acceleration: undefined }
  return {
    ...{ nDetectors: 2, nClasses: at(anomalous, 0).length, nFprs: 1, resamples: 0, engine: 'exact', observed },
    ...{ ...none, standardError: undefined, standardErrors: undefined },
  }
}

/** What {@link setBias} takes: a law, and the confidence distribution where it is not relied on. */
export async function pairEvidence(
  input: Input,
  options: ReplicatesOptions,
  nameOf: SetName,
  found?: PairResult | ExactLaws,
): Promise<PairEvidence> {
  const exact = found !== undefined && 'laws' in found ? found : undefined
  const drawn = found === undefined || 'laws' in found ? undefined : found
  const asked = options.intervalMethod === 'confidence' ? await closedConfidence(input, options, nameOf) : undefined
  const closed = exact ?? asked
  const result =
    closed === undefined ? (drawn ?? (await pairReplicates(input, options, nameOf))) : exactResult(input, closed)
  const tolerant = tolerantOf(input)
  const cells = cellsOf(result)
  const deciding = exact?.deciding ?? cells.map((cell) => decidingSamples(input, result, cell))
  const needed =
    options.intervalMethod === 'confidence'
      ? []
      : cells.filter((cell, i) => !at(tolerant, cell.f) || at(deciding, i) < fewDeciding)
  const whole = needed.some(({ k }) => k === 0)
  const confidence = needed.length > 0 ? await closedConfidence(input, { ...options, whole }, nameOf) : asked
  const draws =
    needed.length > 0 && confidence === undefined
      ? await confidenceDraws(input, { ...options, thresholds: false, onProgress: undefined }, nameOf)
      : undefined
  return { input, result, exact, confidence, draws, tolerant, deciding }
}

/** Target by target. */
function cellsOf({ nFprs, nClasses }: PairResult): Cell[] {
  return Array.from({ length: nFprs * nClasses }, (_, i) => ({ f: Math.floor(i / nClasses), k: i % nClasses }))
}

/** Undefined where the confidence distribution is to be drawn. Errors: `OUT_OF_RANGE` where `exact` does not cover it. */
async function closedConfidence(
  input: Input,
  { engine, drawn = false, thresholds, ...options }: ReplicatesOptions & Pick<ConfidenceLawOptions, 'whole'>,
  nameOf: SetName,
): Promise<ConfidenceLaws | undefined> {
  const question = { intervalMethod: 'confidence', thresholds } as const
  if (drawn || (engine !== 'exact' && engine !== 'auto')) return undefined
  if (engine === 'exact') requireCovered(input, question)
  else if (notCovered(input, question) !== undefined) return undefined
  const budget = engine === 'auto' ? exactBudget : Number.POSITIVE_INFINITY
  return confidenceLaws(input, { ...options, budget }, nameOf)
}

/** Replicates of two detectors with all that the interval method needs; standard errors take the tree. */
function pairReplicates(
  input: Input,
  { intervalMethod, engine, thresholds = false, ...rest }: ReplicatesOptions,
  nameOf: SetName,
): Promise<PairResult> {
  if (intervalMethod === 'confidence') return confidenceDraws(input, { ...rest, thresholds }, nameOf)
  invariant(engine !== 'exact', 'what the closed form covers is not drawn')
  const standardErrors = intervalMethod === 'studentized'
  const decided = standardErrors && engine === 'auto' ? 'tree' : engine
  return bootstrapInput(input, { ...rest, engine: decided, contrast, outputs: { thresholds, standardErrors } }, nameOf)
}

const contrast = [-1, 1]

function sharesDraws({ normal, anomalous }: Input, { engine, intervalMethod, resamples }: ReplicatesOptions): boolean {
  if (engine !== 'auto' || intervalMethod === 'studentized') return engine === 'direct'
  const sets = [at(normal, 0), ...at(anomalous, 0)]
  return resamples * sets.reduce((sum, scores) => sum + scores.length, 0) <= mostDraws
}

/** All detectors on one draw, taken apart into pairs. */
async function sharedReplicates(
  sets: Sets,
  { intervalMethod, thresholds: _, ...rest }: ReplicatesOptions,
  nameOf: SetName,
): Promise<PairResult[]> {
  const { input } = sets
  const direct = { ...rest, engine: 'direct', intervalMethod } as const
  const joint = await bootstrapInput(input, { ...rest, engine: 'direct', outputs: { thresholds: false } }, nameOf)
  const results: PairResult[] = []
  for (let d = 1; d < joint.nDetectors; d++) {
    // One replicate, for the jackknife that comes with it.
    const jackknife =
      intervalMethod === 'bca'
        ? await pairReplicates(pairOf(sets, d).input, { ...direct, resamples: 1, onProgress: undefined }, nameOf)
        : undefined
    results.push({ ...pairResult(joint, d), acceleration: jackknife?.acceleration })
  }
  return results
}

/** The baseline and candidate `d`. */
export function pairOf({ input, classOf }: Sets, d: number): Sets {
  const pick = <T>(all: readonly T[]) => [at(all, 0), at(all, d)]
  return {
    input: {
      ...input,
      normal: pick(input.normal),
      anomalous: pick(input.anomalous),
      excluded: pick(input.excluded),
    },
    classOf: pick(classOf),
  }
}

/** Detectors 0 and d of a result. */
function pairResult(joint: BootstrapResult, d: number): BootstrapResult {
  const { nDetectors, observed, tpr } = joint
  const pick = (table: Float64Array) => {
    const picked = new Float64Array((table.length / nDetectors) * 2)
    for (let i = 0; i < picked.length; i += 2) {
      const row = (i / 2) * nDetectors
      picked[i] = at(table, row)
      picked[i + 1] = at(table, row + d)
    }
    return picked
  }
  return {
    ...joint,
    nDetectors: 2,
    observed: {
      thresholds: pick(observed.thresholds),
      observedFpr: pick(observed.observedFpr),
      observedTpr: pick(observed.observedTpr),
    },
    tpr: tpr && pick(tpr),
  }
}
