import { counted, formatCount } from '../../counted.js'
import type { SeedPlan } from '../../theory/planSeeds.js'
import { formatGiven, formatGivenXi, formatPower } from '../format.js'
import { columnTable } from '../textTable.js'

/** A plan of trainings for people at a terminal: how many of each detector, and how many samples beside them. No colours. */
export function seedPlanText(plan: SeedPlan): string {
  const { goal, level, classes, trainings, sampleError, sdBaseline, sdCandidate, tradeoff } = plan
  const what = goal.kind === 'gate' ? 'limit' : 'interval'
  const whole = `${formatGiven(level)} ${what}`
  const intervals =
    classes === 1 ? `a ${whole}` : `${whole}s that hold for ${counted(classes, 'class', 'classes')} at once`
  const aim = `${aimOf(goal)}, by ${intervals}`
  return [
    trainings === undefined
      ? `With the samples of the pilot no number of trainings, up to 1,000, does to ${aim}.`
      : `To ${aim}, train each detector ${counted(trainings, 'time')}, with the samples of the pilot.`,
    `The pilot's samples leave a standard error of ${sampleError.toPrecision(3)}. Recalls vary over trainings by ${sdBaseline.toPrecision(3)} ` +
      `(baseline) and ${sdCandidate.toPrecision(3)} (candidate).`,
    ...(tradeoff.length === 0
      ? ['Neither do 50 trainings with any number of samples.']
      : [
          'Other numbers that do:',
          columnTable<SeedPlan['tradeoff'][number]>(
            [
              ['trainings of each', 'r', (one) => formatCount(one.trainings)],
              ['times the samples', 'r', ({ samples }) => String(samples)],
              ['interval', 'r', ({ halfWidth }) => `± ${halfWidth.toFixed(4)}`],
              ...(goal.kind === 'precision'
                ? []
                : [
                    [
                      'power',
                      'r',
                      ({ power = Number.NaN }: SeedPlan['tradeoff'][number]) => formatPower(power),
                    ] as const,
                  ]),
            ],
            tradeoff,
          ),
        ]),
  ].join('\n')
}

function aimOf(goal: SeedPlan['goal']): string {
  if (goal.kind === 'precision') return `estimate ξ to ± ${goal.halfWidth}`
  const power = `with a probability of ${formatGiven(goal.power)}`
  if (goal.kind === 'power') return `detect ξ = ${formatGivenXi(goal.xi)} ${power}`
  return `pass a gate with a margin of ${goal.margin} ${power}, if ξ is ${formatGivenXi(goal.xi)}`
}
