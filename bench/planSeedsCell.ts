import { meanSd } from '../src/stats/meanSd.js'
import { relativeBiasOfSeeds } from '../src/stats/runs/seedBias.js'
import { seedsAnswer } from '../src/theory/planSeeds.js'
import { type SeedsTable, seedsTruth, trainings } from './seedsCell.js'

export interface PlannedTrainings extends SeedsTable {
  readonly number: number
  readonly dataSets: number
  /** Of an arrow over all anomalies, and mean half widths: from the true components, and as seen. */
  readonly predicted: { readonly power: number; readonly halfWidth: number }
  readonly simulated: { readonly power: number; readonly error: number; readonly halfWidth: number }
}

export const plannedTrainings: readonly SeedsTable[] = [
  { baseline: 3, candidate: 3, training: 0.5, mean: 2 },
  { baseline: 5, candidate: 5, training: 0.5, mean: 2 },
  { baseline: 5, candidate: 5, training: 1, mean: 2 },
  { baseline: 10, candidate: 10, training: 1, mean: 2 },
]

/** Components of the variance from all data sets, what `planSeeds` makes of them, and what the same data sets show. */
export async function simulateTrainings(
  table: SeedsTable,
  number: number,
  dataSets: number,
): Promise<PlannedTrainings> {
  const { training, mean, baseline: n } = table
  const xi = seedsTruth(table)
  let [arrows, lengths, samples] = [0, 0, 0]
  const variances: [number, number] = [0, 0]
  for (let d = 0; d < dataSets; d++) {
    const found = await relativeBiasOfSeeds(trainings(table, number, d), {
      ...{ fpr: 0.05, resamples: 1999, seed: d, threads: 1 },
    })
    arrows += Number(found.direction === 'up') / dataSets
    lengths += (found.interval[1] - found.interval[0]) / 2 / dataSets
    samples += found.sampleError ** 2 / dataSets
    for (const [side, recalls] of [found.recallsBaseline, found.recallsCandidate].entries()) {
      variances[side] = Number(variances[side]) + meanSd(recalls).sd ** 2 / dataSets
    }
  }
  const sum = variances[0] + variances[1]
  const law = {
    ...{ sampleError: Math.sqrt(samples), variance: sum / 2, trainings: n, samples: 1 },
    shares: [variances[0] / sum, variances[1] / sum] as const,
  }
  const { halfWidth, power = Number.NaN } = seedsAnswer(law, { kind: 'power', xi, power: 0.8 }, 0.025)
  const short = (value: number) => Number(value.toFixed(4))
  return {
    ...{ number, ...table, training, mean, dataSets },
    predicted: { power: short(power), halfWidth: short(halfWidth) },
    simulated: {
      ...{
        power: short(arrows),
        error: short(Math.sqrt((arrows * (1 - arrows)) / dataSets)),
        halfWidth: short(lengths),
      },
    },
  }
}

/** The cases as Markdown. */
export function plannedTrainingsTable(cells: readonly PlannedTrainings[]): string {
  const head = ['trainings', 'effect', 'predicted', 'simulated (s.e.)', 'half width predicted', 'simulated']
  const rows = cells.map(({ baseline, training, predicted, simulated }) =>
    [
      ...[`${baseline} and ${baseline}`, training, predicted.power.toFixed(3)],
      `${simulated.power.toFixed(3)} (${simulated.error.toFixed(3)})`,
      ...[predicted.halfWidth.toFixed(3), simulated.halfWidth.toFixed(3)],
    ].join(' | '),
  )
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows.map((row) => `| ${row} |`)].join(
    '\n',
  )
}
