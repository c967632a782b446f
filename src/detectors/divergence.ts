import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import type { TrainingPhase } from './batchPlan.js'

/**
 * Why a trained replica is no detector.
 *
 * - `not-finite`: a number became NaN or infinite: the loss of a batch, or the state that training left (parameters,
 *   running statistics, Adam's moments), in an epoch of a phase, counted from 1; or the centre of the hypersphere, or a score.
 * - `constant-scores`: no two samples that the threshold is set on have different scores, so no threshold gives the target FPR.
 * - `collapsed`: the hypersphere detector maps all samples, anomalies included, to one code (see `scoreDivergence`).
 */
export type Divergence =
  | {
      readonly kind: 'not-finite'
      readonly quantity: 'loss' | 'state'
      readonly phase: TrainingPhase
      readonly epoch: number
    }
  | { readonly kind: 'not-finite'; readonly quantity: 'centre' | 'score' }
  | { readonly kind: 'constant-scores'; readonly score: number }
  | {
      readonly kind: 'collapsed'
      /** Range of the samples' distances from the centre, relative to the size of the codes. */
      readonly spread: number
    }

/** For each replica why it diverged; undefined where it did not. */
export type Divergences = readonly (Divergence | undefined)[]

const phases: Readonly<Record<TrainingPhase, string>> = { pretrain: 'pretraining', train: 'training' }
const quantities = {
  loss: 'the loss was no longer finite',
  state: 'parameters, statistics or moments were no longer finite',
  centre: 'the centre is not finite',
  score: 'scores are not finite',
} as const

/** A clause that says what happened, as in `the loss was no longer finite in epoch 3 of training`. */
export function describeDivergence(divergence: Divergence): string {
  switch (divergence.kind) {
    case 'not-finite': {
      const what = quantities[divergence.quantity]
      return 'phase' in divergence ? `${what} in epoch ${divergence.epoch} of ${phases[divergence.phase]}` : what
    }
    case 'constant-scores':
      return `all normal samples have the score ${divergence.score}`
    case 'collapsed':
      return `the hypersphere collapsed: all samples have one code${within(divergence.spread)}`
  }
}

function within(spread: number): string {
  return spread === 0 ? '' : ` to within ${spread.toExponential(0)} of its size`
}

/**
 * Requires that all replicas can be used, for callers that cannot do without any of them.
 *
 * @param title of the detector
 * @param runs numbers of the runs, [R]
 * @throws `DIVERGED`, naming every run that cannot be used, and why
 */
export function requireConverged(title: string, runs: readonly number[], divergences: Divergences): void {
  const reasons = runs.flatMap((run, r) => {
    const divergence = divergences[r]
    return divergence === undefined ? [] : [`run ${run}: ${describeDivergence(divergence)}`]
  })
  if (reasons.length > 0)
    throw diverged(`${title} diverged in ${reasons.length} of ${counted(runs.length, 'run')}`, reasons, divergences)
}

/** The error that reasons not to go on add up to. */
export function diverged(what: string, reasons: readonly string[], divergences: Divergences): ScoringBiasError {
  return new ScoringBiasError('DIVERGED', `${what} (${reasons.join('; ')}). ${wayOut(divergences)}`)
}

/** What helps against such divergences: settings, and what to look for in the features. */
function wayOut(divergences: Divergences): string {
  const kinds = new Set(divergences.map((one) => one?.kind))
  const ways = ['Try a lower learning rate, or standardised features']
  if (kinds.has('not-finite'))
    ways.push('Look for numbers far out among the features, such as 3.4e38 for a missing one')
  if (kinds.has('constant-scores') || kinds.has('collapsed'))
    ways.push('Look whether the features differ between normal samples')
  return ways.join('. ')
}
