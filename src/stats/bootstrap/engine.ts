import { at, requireKnown } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { type BootstrapArguments, type EnumName, enums } from '../../native.js'

/** The names of {@link Engine}. */
export const engines = ['auto', ...enums.engine] as const

/**
 * The way replicates are drawn. All have the same law.
 * - `direct` draws every index: the plain reference, at a cost proportional to the samples.
 * - `tree` draws only what decides the thresholds and the counts above them, at a cost that does not grow with the
 *   samples (docs/tree-engine.md). For one detector, two paired ones, or any number on samples of their own.
 * - `auto` takes the one that is estimated to be cheaper, by a fixed rule of the sizes.
 */
export type Engine = (typeof engines)[number]

/** An engine that was decided on. */
export type DecidedEngine = EnumName<'engine'>

/** The engine for this input. Errors: `UNKNOWN_NAME`, `OUT_OF_RANGE` when `tree` cannot do it. */
export function decideEngine(requested: Engine | undefined, input: BootstrapArguments['input']): DecidedEngine {
  const engine = requireKnown('engine', requested ?? 'auto', engines)
  if (engine === 'direct') return 'direct'
  const able = treeCanDo(input)
  if (engine === 'auto') return able && treeIsCheaper(input) ? 'tree' : 'direct'
  if (able) return 'tree'
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `engine 'tree' takes one detector, two paired ones, or any number with design 'independent', and no excluded ` +
      `samples: leave the engine to 'auto'`,
  )
}

function treeCanDo({ normal, excluded, design }: BootstrapArguments['input']): boolean {
  const paired = design === 'paired'
  return !(paired && normal.length > 2) && excluded.every((masks) => masks.every((mask) => mask === undefined))
}

/**
 * Whether a replicate of the tree engine is the cheaper one. The coefficients, in nanoseconds on one thread, were fitted
 * once to measurements (bench/engines.ts); they decide which random numbers a result is made of, so a change of them is
 * a change of returned numbers.
 */
function treeIsCheaper({ normal, anomalous, design, fprs }: BootstrapArguments['input']): boolean {
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
