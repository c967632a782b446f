import { at, requireKnown } from '../../check.js'
import { expm1 } from '../../elementary.js'
import { ScoringBiasError } from '../../errors.js'
import { frozen } from '../../frozen.js'
import { type BootstrapArguments, type EnumName, enums } from '../../native.js'

/** The names of {@link Engine}. */
export const engines = frozen(['auto', ...enums.engine] as const)

/**
 * The way replicates are drawn. All have the same law.
 * - `direct` draws every index: the plain reference, at a cost proportional to the samples.
 * - `tree` draws only what decides the thresholds and the counts above them, at a cost that does not grow with the
 *   samples (docs/tree-engine.md). For one detector, two paired ones, or any number on samples of their own.
 * - `table` is `tree` with both thresholds of a replicate drawn at once, from a table of their joint law that is computed
 *   first. For two paired detectors at one target, and TPRs alone.
 * - `auto` takes the one that is estimated to be cheaper, by a fixed rule of the sizes and of the number of replicates.
 */
export type Engine = (typeof engines)[number]

/** An engine that was decided on. */
export type DecidedEngine = EnumName<'engine'>

/** What decides between engines beside the samples. */
export interface Wanted {
  readonly resamples: number
  /** Whether more than TPRs is wanted of each replicate. */
  readonly more: boolean
}

type Input = BootstrapArguments['input']

/** The engine for this input. Errors: `UNKNOWN_NAME`, `OUT_OF_RANGE` when `tree` or `table` cannot do it. */
export function decideEngine(requested: Engine | undefined, input: Input, wanted: Wanted): DecidedEngine {
  const engine = requireKnown('engine', requested ?? 'auto', engines)
  if (engine === 'direct') return 'direct'
  if (engine === 'table') return requireTable(input, wanted)
  const able = treeCanDo(input)
  if (engine === 'auto') {
    if (!able || !treeIsCheaper(input)) return 'direct'
    return tableCanDo(input) && !wanted.more && tableIsCheaper(input, wanted) ? 'table' : 'tree'
  }
  if (able) return 'tree'
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `engine 'tree' takes one detector, two paired ones, or any number with design 'independent', and no excluded ` +
      `samples: leave the engine to 'auto'`,
  )
}

function requireTable(input: Input, { more }: Wanted): 'table' {
  if (!tableCanDo(input)) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      "engine 'table' takes two paired detectors, one target, no excluded samples, and a threshold rule other than 'linear'. " +
        "Leave the engine to 'auto'",
    )
  }
  if (!more) return 'table'
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    "engine 'table' draws TPRs, and neither thresholds nor standard errors. Leave those out with outputs: { thresholds: false }, or use the engine 'tree'",
  )
}

function treeCanDo({ normal, excluded, design }: Input): boolean {
  const paired = design === 'paired'
  return !(paired && normal.length > 2) && excluded.every((masks) => masks.every((mask) => mask === undefined))
}

function tableCanDo(input: Input): boolean {
  const { normal, design, fprs, definition } = input
  return (
    design === 'paired' && normal.length === 2 && fprs.length === 1 && definition.rule !== 'linear' && treeCanDo(input)
  )
}

/**
 * Whether a replicate of the tree engine is the cheaper one. The coefficients, in nanoseconds on one thread, were fitted
 * once to measurements (bench/engines.ts); they decide which random numbers a result is made of, so a change of them is
 * a change of returned numbers.
 */
function treeIsCheaper({ normal, anomalous, design, fprs }: Input): boolean {
  const nDetectors = normal.length
  const nClasses = at(anomalous, 0).length
  const nFprs = fprs.length
  const draws = (d: number) => [at(normal, d), ...at(anomalous, d)].reduce((sum, { length }) => sum + length, 0)
  const independent = design === 'independent'
  let direct = 0
  for (let d = 0; d < (independent ? nDetectors : 1); d++) direct += 3.3 * draws(d)
  const paired = !independent && nDetectors === 2
  const tree = paired
    ? 350 * nFprs + 100 * nFprs ** 2 + nClasses * (150 + 100 * nFprs ** 2)
    : nDetectors * (60 + 50 * nFprs + nClasses * (70 + 55 * nFprs))
  return tree < direct
}

/**
 * Whether the table's cells cost less than it saves. Of each detector a cell begins at a position within eight standard
 * deviations of the threshold's that has an anomaly, where there are three times as many for a normal as in the samples: a
 * ROC curve of slope 3. Fitted like the rule above (bench/engines.ts).
 */
function tableIsCheaper({ normal, anomalous, fprs, below = 0 }: Input, { resamples }: Wanted): boolean {
  const n = at(normal, 0).length + below
  const anomalies = at(anomalous, 0).reduce((sum, { length }) => sum + length, 0)
  const reach = 16 * Math.sqrt(n * at(fprs, 0) * (1 - at(fprs, 0)) + 1)
  const cells = (1 + reach * -expm1((-3 * anomalies) / n)) ** 2
  return 280 * cells < 500 * resamples
}
