import { idealBias } from '../src/stats/bias/idealBias.js'
import { relativeBias } from '../src/stats/bias/relativeBias.js'
import { meanSd } from '../src/stats/meanSd.js'
import { type Case, type Metrics, median, ownCommand, type Subject, type TrialArguments } from './harness.js'
import { correlatedDetectors } from './scores.js'

const name = 'exactLaw'

const sizes = [
  [1_000, 200],
  [16_000, 4_000],
  [100_000, 20_000],
  [1_000_000, 100_000],
] as const

const contestants = ['closed form', '10,000 replicates, percentile', '10,000 replicates, bca'] as const

function cases(): Case[] {
  return sizes.flatMap(([nNormal, nAnomalous]) =>
    contestants.map((contestant) => ({
      input: `${nNormal.toLocaleString('en')} + ${nAnomalous.toLocaleString('en')}`,
      contestant,
      command: ownCommand(name, 'answer', { nNormal, nAnomalous, contestant }),
    })),
  )
}

async function measureAnswer({ nNormal, nAnomalous, contestant }: TrialArguments): Promise<Metrics> {
  const [baseline, candidate] = correlatedDetectors(Number(nNormal), Number(nAnomalous)).map(
    ({ normal, anomalous: [anomalous = normal] }) => ({ normal, anomalous }),
  )
  if (baseline === undefined || candidate === undefined) throw new RangeError('there are two detectors')
  const scores = { baseline, candidate }
  const intervalMethod = String(contestant).endsWith('bca') ? 'bca' : 'percentile'
  const answer = (seed: number) =>
    contestant === 'closed form'
      ? idealBias(scores, { threads: 1 })
      : relativeBias(scores, { threads: 1, intervalMethod, seed })
  const times: number[] = []
  const lower: number[] = []
  for (let seed = 0; seed < 5; seed++) {
    const start = performance.now()
    const { interval } = await answer(seed)
    times.push(performance.now() - start)
    lower.push(interval[0])
  }
  return { ms: median(times), 'sd of the lower end over 5 seeds': meanSd(Float64Array.from(lower)).sd }
}

export const exactLawSubject: Subject = {
  name,
  about:
    'Milliseconds of an answer (interval and p-value of ξ at a target FPR of 0.05) on normal + anomalous samples of two ' +
    'detectors, on one thread, from scores in the order of their samples: the law in closed form against replicates.',
  trials: 3,
  cases,
  ours: { answer: measureAnswer },
}
