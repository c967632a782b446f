import { stopWarnings } from '../detectors/validationWarnings.js'
import { type BestEpochs, bestEpochsOf } from './core/bestEpochs.js'
import type { Pair } from './pairOptions.js'
import type { TrainedScenarios } from './trainer/trainScenarios.js'

/** One choice of labelled anomalies of what was trained. */
export interface ScenarioOf {
  readonly trained: TrainedScenarios
  readonly iScenario: number
}

/** Where the validation losses of a scenario were lowest; nothing where no samples are held out for them. */
export function scenarioEpochs(
  { baseline, candidate }: Pick<Pair, 'baseline' | 'candidate'>,
  { trained, iScenario }: ScenarioOf,
): { readonly bestEpochs?: BestEpochs } {
  const bestEpochs = bestEpochsOf({
    baseline: trained.runsOf(baseline, iScenario).training,
    candidate: trained.runsOf(candidate, iScenario).training,
  })
  return bestEpochs === undefined ? {} : { bestEpochs }
}

/** Warnings of detectors that a patience took back to their first epochs, each said once for all scenarios. */
export function stoppingWarnings(
  { baseline, candidate, settings }: Pair,
  scenarios: readonly ScenarioOf[],
  what: 'run' | 'training',
): string[] {
  return [baseline, candidate].flatMap((objective) => {
    const all = scenarios.flatMap(({ trained, iScenario }) => trained.runsOf(objective, iScenario).training)
    const converged = all.filter(({ divergence }) => divergence === undefined)
    return stopWarnings(
      objective,
      converged.map(({ validation }) => validation),
      settings,
      what,
    )
  })
}
