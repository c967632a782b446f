import { at } from '../../check.js'
import type { JobOptions } from '../../job.js'
import type { BootstrapArguments } from '../../native.js'
import type { OnProgress } from '../../progress.js'
import { type BootstrapResult, bootstrapInput, type PairResult } from '../bootstrap/bootstrap.js'
import type { SetName } from '../bootstrap/bootstrapInput.js'
import type { IntervalMethod } from '../bootstrap/bootstrapInterval.js'
import { confidenceDraws } from '../bootstrap/confidenceDraws.js'
import type { DrawnBy, Engine } from '../bootstrap/engine.js'
import { emptySide } from '../ranks/thresholdRule.js'
import { decidingSamples, fewDeciding, type PairEvidence } from './setBias.js'

export interface ReplicatesOptions extends JobOptions {
  readonly resamples: number
  readonly seed: number
  readonly engine: Engine
  readonly intervalMethod: IntervalMethod
  /** Whether the replicates of thresholds are wanted as well. Default false. */
  readonly thresholds?: boolean | undefined
  readonly onProgress?: OnProgress | undefined
}

/** Replicates of the baseline and of each candidate. */
export interface CandidateReplicates {
  readonly engine: DrawnBy
  /** Whether replicate b is the same resample for every candidate. */
  readonly shared: boolean
  /** One for each candidate. */
  readonly pairs: readonly PairEvidence[]
}

type Input = BootstrapArguments['input']

/** Indices that are drawn at most for replicates that candidates share: about four seconds on one thread. */
const mostDraws = 1e9

/**
 * Replicates of a baseline and its candidates, the detectors of `input` from the second on.
 *
 * Draws of the confidence distribution are each pair's own. One candidate is a pair for either engine of the bootstrap.
 * For several, what is said of all of them together (see {@link simultaneous}) wants replicate b to be the same resample
 * for each. The `direct` engine gives that: it draws indices from streams that know only the seed, the set and the
 * replicate, so all detectors are read on one draw, and a candidate's replicates do not depend on the others. The `tree`
 * engine draws for a pair only what decides that pair: two candidates of one seed share no resample. `auto` draws
 * directly where that takes 10⁹ indices at most, B·(n₀ + 2 n₁) of them; beyond, and for `studentized`, whose standard
 * errors only the tree has, each candidate has its own replicates and `shared` is false.
 *
 * Errors: those of {@link bootstrap}.
 */
export async function drawReplicates(
  input: Input,
  options: ReplicatesOptions,
  nameOf: SetName,
): Promise<CandidateReplicates> {
  const candidates = input.normal.slice(1).map((_, i) => i + 1)
  const inputs = candidates.map((d) => (candidates.length === 1 ? input : pairOf(input, d)))
  const shared = candidates.length === 1 || (options.intervalMethod !== 'confidence' && sharesDraws(input, options))
  const joint = candidates.length > 1 && shared ? await sharedReplicates(input, options, nameOf) : undefined
  const pairs: PairEvidence[] = []
  for (const [i, pair] of inputs.entries()) {
    const onProgress: OnProgress = ({ phase, done, total }) =>
      options.onProgress?.({ phase, done: i * total + done, total: candidates.length * total })
    const own = joint === undefined && !shared ? { ...options, engine: 'tree' as const, onProgress } : options
    pairs.push(await pairEvidence(pair, own, nameOf, joint && at(joint, i)))
  }
  return { engine: at(pairs, 0).result.engine, shared, pairs }
}

/** What {@link setBias} takes: replicates, and draws of the confidence distribution where replicates are not relied on. */
export async function pairEvidence(
  input: Input,
  options: ReplicatesOptions,
  nameOf: SetName,
  drawn?: PairResult,
): Promise<PairEvidence> {
  const result = drawn ?? (await pairReplicates(input, options, nameOf))
  const tolerant = Array.from(input.fprs, (fpr) =>
    input.normal.every(({ length }) => emptySide(fpr, length, input.definition) === undefined),
  )
  const cells = Array.from({ length: result.nFprs * result.nClasses }, (_, cell) => ({
    f: Math.floor(cell / result.nClasses),
    k: cell % result.nClasses,
  }))
  const needed =
    result.engine !== 'confidence' &&
    cells.some((cell) => !at(tolerant, cell.f) || decidingSamples(input, result, cell) < fewDeciding)
  const draws = needed
    ? await confidenceDraws(input, { ...options, thresholds: false, onProgress: undefined }, nameOf)
    : undefined
  return { input, result, draws, tolerant }
}

/** Replicates of two detectors with all that the interval method needs; standard errors take the tree. */
function pairReplicates(
  input: Input,
  { intervalMethod, engine, thresholds = false, ...rest }: ReplicatesOptions,
  nameOf: SetName,
): Promise<PairResult> {
  if (intervalMethod === 'confidence') return confidenceDraws(input, { ...rest, thresholds }, nameOf)
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
  input: Input,
  { intervalMethod, thresholds: _, ...rest }: ReplicatesOptions,
  nameOf: SetName,
): Promise<PairResult[]> {
  const direct = { ...rest, engine: 'direct', intervalMethod } as const
  const joint = await bootstrapInput(input, { ...rest, engine: 'direct', outputs: { thresholds: false } }, nameOf)
  const results: PairResult[] = []
  for (let d = 1; d < joint.nDetectors; d++) {
    // One replicate, for the jackknife that comes with it.
    const jackknife =
      intervalMethod === 'bca'
        ? await pairReplicates(pairOf(input, d), { ...direct, resamples: 1, onProgress: undefined }, nameOf)
        : undefined
    results.push({ ...pairResult(joint, d), acceleration: jackknife?.acceleration })
  }
  return results
}

function pairOf(input: Input, d: number): Input {
  const pick = <T>(all: readonly T[]) => [at(all, 0), at(all, d)]
  return { ...input, normal: pick(input.normal), anomalous: pick(input.anomalous), excluded: pick(input.excluded) }
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
