import { at, invariant } from '../../check.js'
import { type JobOptions, runJob, threadsOf } from '../../job.js'
import { addon, type BootstrapArguments } from '../../native.js'
import type { OnProgress } from '../../progress.js'
import type { Observed } from '../bootstrap/bootstrap.js'
import type { SetName } from '../bootstrap/bootstrapInput.js'
import type { Condition } from '../bootstrap/shares.js'
import { type BiasLaw, type Bounds, type JointLaws, unbounded } from './biasLaw.js'

/** The confidence distribution of two detectors, on all anomalies and on each class. */
export interface ConfidenceLaws extends JointLaws {
  readonly observed: Observed
  /** [set]: the variance of the part of the law that is the thresholds' own. */
  readonly thresholdVariances: readonly number[]
}

export interface ConfidenceLawOptions extends JobOptions {
  /** Nanoseconds on one thread, by the estimate of native/kernels/exact/confidence_maker.cc. */
  readonly budget: number
  /** Whether the law on all anomalies will be asked for. Default true. */
  readonly whole?: boolean | undefined
  readonly onProgress?: OnProgress | undefined
}

/** No less than the error of any probability of these laws. */
const lawError = 1e-9

/**
 * The law that `confidenceDraws` draws from, in closed form: no seed and no draws
 * (native/kernels/exact/confidence_law.h, docs/intervals.md). Undefined where that is dearer than the budget.
 *
 * Absolute error of probabilities below 1e-10, of quantiles what follows. Two detectors and one target. Cost: 1 ms for
 * 1,000 normals and 200 anomalies, 7 ms for 16,000 and 4,000, 240 ms for 10⁶ and 10⁵; its square grows with the anomalies
 * for each normal where there are many. `atMost` and `atLeast` 1 to 10 µs, `lowest` and `highest` some five times that; with
 * samples of their own ten times.
 *
 * Errors: those of `bootstrap`.
 */
export async function confidenceLaws(
  input: BootstrapArguments['input'],
  options: ConfidenceLawOptions,
  nameOf: SetName,
): Promise<ConfidenceLaws | undefined> {
  const nSets = at(input.anomalous, 0).length
  const outputs = {
    observedThresholds: new Float64Array(2),
    observedFpr: new Float64Array(2),
    observedTpr: new Float64Array(2 * nSets),
    moments: new Float64Array(3 * nSets),
    cost: new Float64Array(1),
  }
  const law = addon.confidenceLaw()
  const { budget, whole = true } = options
  await runJob(
    (control) => addon.makeConfidenceLaw(law, input, budget, whole, outputs, threadsOf(options), control),
    (array) => nameOf(Math.floor(array / (nSets + 1)), array % (nSets + 1)),
    options,
    { phase: 'computing', total: nSets + (nSets > 1 ? 1 : 0), onProgress: options.onProgress },
  )
  if (at(outputs.cost, 0) > budget) return undefined
  const { observedThresholds: thresholds, observedFpr, observedTpr, moments } = outputs
  const sets = Array.from({ length: nSets }, (_, set) => set)
  return {
    observed: { thresholds, observedFpr, observedTpr },
    thresholdVariances: sets.map((set) => at(moments, 3 * set + 2)),
    laws: sets.map((set) => setLaw(set)),
    outside,
    continuous: true,
  }

  function setLaw(set: number): BiasLaw {
    const above = (x: number, mirrored: boolean) => addon.confidenceAbove(law, set, x, mirrored)
    const share = (probability: number) => Math.min(1, probability + lawError)
    // P(ξ ≤ x), mirrored P(−ξ ≤ x), from its own tail where that is the small one.
    const atMost = (x: number, mirrored: boolean) => share(1 - above(x, mirrored))
    const lowest = (counts: Condition, mirrored: boolean) => {
      const least = leastShare(counts)
      if (least === lawError) return Number.NEGATIVE_INFINITY
      const x = addon.confidenceQuantile(law, set, least - lawError, mirrored)
      // Rounding must not decide on which side of the bound 0 is.
      return counts(atMost(0, mirrored)) ? Math.min(x, 0) : Math.max(x, Number.MIN_VALUE)
    }
    return {
      mean: at(moments, 3 * set),
      standardError: at(moments, 3 * set + 1),
      resolution: lawError,
      atMost: (x) => atMost(x, false),
      atLeast: (x) => atMost(-x, true),
      middle(x) {
        const below = (above(-x, true) + 1 - above(x, false)) / 2
        const inside = Math.min(1 - lawError, Math.max(lawError, below))
        return [inside, 1 - inside]
      },
      lowest: (counts) => lowest(counts, false),
      highest: (counts) => -lowest(counts, true),
    }
  }

  async function outside(questions: readonly (readonly Bounds[])[]): Promise<number[]> {
    const bounds = questions.flatMap(([all, ...others]) => {
      invariant(others.length === 0 || all === unbounded, 'all anomalies are a family of their own')
      return [all ?? unbounded, ...others].flat()
    })
    const found = new Float64Array(questions.length)
    await runJob(
      (control) => addon.confidenceOutside(law, Float64Array.from(bounds), found, control),
      () => 'bounds',
      options,
    )
    return Array.from(found, (probability) => Math.min(1, probability + lawError))
  }
}

/** What was found of conditions that several laws are asked with. */
const leastShares = new WeakMap<Condition, number>()

/** The least share that counts. */
function leastShare(counts: Condition): number {
  if (counts.least !== undefined) return Math.max(lawError, counts.least)
  const found = leastShares.get(counts) ?? searchShares(counts)
  leastShares.set(counts, found)
  return found
}

function searchShares(counts: Condition): number {
  let [low, high] = [lawError, 1]
  if (counts(low)) return low
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return high
    if (counts(middle)) high = middle
    else low = middle
  }
}
