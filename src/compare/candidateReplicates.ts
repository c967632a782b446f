import type { BootstrapArguments } from '../native.js'
import { at } from '../stats/bias/setBias.js'
import { type BootstrapOptions, type BootstrapResult, bootstrapInput } from '../stats/bootstrap/bootstrap.js'
import type { IntervalMethod } from '../stats/bootstrap/bootstrapInterval.js'
import type { DecidedEngine, Engine } from '../stats/bootstrap/engine.js'
import { nameOf } from './scoreSets.js'

export interface ReplicatesOptions extends Pick<BootstrapOptions, 'threads' | 'signal' | 'onProgress'> {
  readonly resamples: number
  readonly seed: number
  readonly engine: Engine | undefined
  readonly method: IntervalMethod
}

/** Replicates of the baseline and of each candidate. */
export interface CandidateReplicates {
  readonly engine: DecidedEngine
  /** Whether replicate b is the same resample for every candidate. */
  readonly shared: boolean
  /** One for each candidate, of two detectors, baseline first. */
  readonly results: readonly BootstrapResult[]
}

type Input = BootstrapArguments['input']

/** Indices that are drawn at most for replicates that candidates share: about four seconds on one thread. */
const mostDraws = 1e9

/**
 * Bootstrap replicates of a baseline and its candidates, the detectors of `input` from the second on.
 *
 * One candidate is a pair for either engine. For several, what is said of all of them together (see {@link
 * simultaneous}) wants replicate b to be the same resample for each. The `direct` engine gives that: it draws indices
 * from streams that know only the seed, the set and the replicate, so all detectors are read on one draw, and a
 * candidate's replicates do not depend on the others. The `tree` engine draws for a pair only what decides that pair: two
 * candidates of one seed share no resample. `auto` draws directly where that takes 10⁹ indices at most, B·(n₀ + 2 n₁)
 * of them; beyond, and for `studentized`, whose standard errors only the tree has, each candidate has its own replicates
 * and `shared` is false.
 *
 * Errors: those of {@link bootstrap}.
 */
export async function candidateReplicates(input: Input, options: ReplicatesOptions): Promise<CandidateReplicates> {
  const { engine, method } = options
  const candidates = input.normal.slice(1).map((_, i) => i + 1)
  if (candidates.length === 1) {
    const result = await pairReplicates(input, { ...options, engine: engineFor(method, engine) })
    return { engine: result.engine, shared: true, results: [result] }
  }
  const shares = engineFor(method, engine) === 'direct' || (method !== 'studentized' && engine !== 'tree' && cheap())
  if (shares) return { engine: 'direct', shared: true, results: await sharedReplicates(input, candidates, options) }
  const results: BootstrapResult[] = []
  for (const [i, d] of candidates.entries()) {
    results.push(await pairReplicates(pairOf(input, d), { ...options, engine: 'tree', onProgress: progressOf(i) }))
  }
  return { engine: 'tree', shared: false, results }

  function cheap(): boolean {
    const sets = [input.normal[0], ...(input.anomalous[0] ?? [])]
    return options.resamples * sets.reduce((sum, scores) => sum + (scores?.length ?? 0), 0) <= mostDraws
  }

  function progressOf(i: number): BootstrapOptions['onProgress'] {
    return ({ phase, done, total }) =>
      options.onProgress?.({ phase, done: i * total + done, total: candidates.length * total })
  }
}

/** As `relativeBias` decides it. */
function engineFor(method: IntervalMethod, engine: Engine | undefined): Engine | undefined {
  return method === 'studentized' ? (engine ?? 'tree') : engine
}

function pairReplicates(input: Input, options: ReplicatesOptions): Promise<BootstrapResult> {
  const { method, ...rest } = options
  const outputs = { thresholds: false, standardErrors: method === 'studentized' }
  return bootstrapInput(input, { ...rest, contrast, outputs }, nameOf)
}

const contrast = [-1, 1]

/** All detectors on one draw, taken apart into pairs. */
async function sharedReplicates(
  input: Input,
  candidates: readonly number[],
  options: ReplicatesOptions,
): Promise<BootstrapResult[]> {
  const { method, ...rest } = options
  const joint = await bootstrapInput(input, { ...rest, engine: 'direct', outputs: { thresholds: false } }, nameOf)
  const results: BootstrapResult[] = []
  for (const d of candidates) {
    // One replicate, for the jackknife that comes with it.
    const jackknife = { ...options, engine: 'direct', resamples: 1, onProgress: undefined } as const
    const { acceleration } =
      method === 'bca' ? await pairReplicates(pairOf(input, d), jackknife) : { acceleration: undefined }
    results.push({ ...pairResult(joint, d), acceleration })
  }
  return results
}

function pairOf(input: Input, d: number): Input {
  const pick = <T>(all: readonly T[]) => all.filter((_, i) => i === 0 || i === d)
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
    tpr: tpr === undefined ? undefined : pick(tpr),
  }
}
