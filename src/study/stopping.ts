import { lossWarnings } from '../detectors/validationWarnings.js'
import { type BestEpochs, bestEpochsOf, countedTrainings } from './core/bestEpochs.js'
import type { StudyTraining } from './core/types.js'
import type { Pair } from './pairOptions.js'
import type { TrainedScenarios } from './trainer/trainScenarios.js'

/** One choice of labelled anomalies of what was trained. */
export interface ScenarioOf {
  readonly trained: TrainedScenarios
  readonly iScenario: number
}

/** Where the validation losses of a scenario were lowest; nothing where no samples are held out for them. */
export function scenarioEpochs(
  pair: Pick<Pair, 'baseline' | 'candidate'>,
  scenario: ScenarioOf,
): { readonly bestEpochs?: BestEpochs } {
  const bestEpochs = bestEpochsOf(trainingsOf(pair, scenario))
  return bestEpochs === undefined ? {} : { bestEpochs }
}

/** Warnings of what became of the validation losses of runs that count, each said once for all scenarios. */
export function stoppingWarnings(pair: Pair, scenarios: readonly ScenarioOf[], what: 'run' | 'training'): string[] {
  const counting = scenarios.map((scenario) => countedTrainings(trainingsOf(pair, scenario)))
  return (['baseline', 'candidate'] as const).flatMap((role) => {
    const records = counting.flatMap((one) => one[role]).map(({ validation }) => validation)
    return lossWarnings(pair[role], records, pair.settings, what)
  })
}

function trainingsOf(
  { baseline, candidate }: Pick<Pair, 'baseline' | 'candidate'>,
  { trained, iScenario }: ScenarioOf,
): Pick<StudyTraining, 'baseline' | 'candidate'> {
  return {
    baseline: trained.runsOf(baseline, iScenario).training,
    candidate: trained.runsOf(candidate, iScenario).training,
  }
}
