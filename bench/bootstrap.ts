import { join } from 'node:path'
import { requireKnown } from '../src/check.js'
import { type BootstrapOptions, bootstrap } from '../src/stats/bootstrap/bootstrap.js'
import { engines } from '../src/stats/bootstrap/engine.js'
import {
  benchFolder,
  type Case,
  type Metrics,
  median,
  ownCommand,
  type Subject,
  type TrialArguments,
} from './harness.js'
import { correlatedDetectors } from './scores.js'

const name = 'bootstrap'

/** Rivals' replicates are numbers that take seconds. */
const sizes = [
  { nNormal: 1_000, nAnomalous: 200, scipy: 5_000, proc: 300, boot: 5_000 },
  { nNormal: 16_000, nAnomalous: 4_000, scipy: 500, proc: 50, boot: 500 },
  { nNormal: 100_000, nAnomalous: 20_000, scipy: 100, proc: 10, boot: 100 },
  { nNormal: 1_000_000, nAnomalous: 100_000, scipy: 6, proc: 2, boot: 6 },
]

function cases(): Case[] {
  const python = join(benchFolder, 'rivals', 'bootstrap.py')
  const r = join(benchFolder, 'rivals', 'bootstrap.R')
  return sizes.flatMap(({ nNormal, nAnomalous, scipy, proc, boot }) => {
    const input = `${nNormal.toLocaleString('en')} + ${nAnomalous.toLocaleString('en')}`
    const ours = ['direct', 'tree', 'table'].flatMap((engine) =>
      [1, 2].map((threads) => ({
        input,
        contestant: `bootstrap, ${engine}${threads === 1 ? '' : ', 2 threads'}`,
        command: ownCommand(name, 'engine', { nNormal, nAnomalous, engine, threads }),
      })),
    )
    const rival = (contestant: string, ...command: Case['command']): Case => ({ input, contestant, command })
    const size = [String(nNormal), String(nAnomalous)]
    return [
      ...ours,
      rival('scipy.stats.bootstrap', 'python3', python, ...size, String(scipy)),
      rival('pROC::roc.test', 'Rscript', r, 'pROC', ...size, String(proc)),
      rival('boot::boot', 'Rscript', r, 'boot', ...size, String(boot)),
      rival('fbroc', 'Rscript', r, 'fbroc', ...size, String(proc)),
    ]
  })
}

export async function measureEngine(args: TrialArguments): Promise<Metrics> {
  const { nNormal = 0, nAnomalous = 0, threads = 1, nClasses = 1, nFprs = 1, engine, design } = args
  const detectors = correlatedDetectors(Number(nNormal), Number(nAnomalous)).map(({ normal, anomalous }) => ({
    normal,
    anomalous: Array.from({ length: Number(nClasses) }, () => anomalous[0] ?? normal),
  }))
  const options: BootstrapOptions = {
    engine: requireKnown('engine', String(engine), engines),
    design: design === 'independent' ? 'independent' : 'paired',
    fprs: Array.from({ length: Number(nFprs) }, (_, f) => 0.05 * (1 + (4 * f) / Number(nFprs))),
    threads: Number(threads),
    outputs: { thresholds: false },
  }
  const timeMs = async (resamples: number) => {
    const start = performance.now()
    await bootstrap(detectors, { ...options, resamples })
    return performance.now() - start
  }
  // As many replicates as take a good tenth of a second.
  let many = 100
  while ((await timeMs(many)) < 120) many *= 2
  const few = Math.ceil(many / 20)
  const slopes: number[] = []
  const setups: number[] = []
  for (let r = 0; r < 3; r++) {
    const [short, long] = [await timeMs(few), await timeMs(few + many)]
    const slope = (long - short) / many
    slopes.push(1000 * slope)
    setups.push(short - few * slope)
  }
  return { 'µs a replicate': median(slopes), 'set-up ms': median(setups) }
}

export const bootstrapSubject: Subject = {
  name,
  about:
    'Microseconds a replicate of the paired bootstrap of ξ at a target FPR of 0.05, both thresholds read anew in each, ' +
    'on normal + anomalous samples: the slope between two numbers of replicates, on one thread where no number is ' +
    'given. Set-up is what is left at no replicate: copies, checks, ranking.',
  trials: 3,
  cases,
  ours: { engine: measureEngine },
}
