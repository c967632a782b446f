import { join } from 'node:path'
import { type BootstrapOptions, bootstrap } from '../src/index.js'
import {
  benchFolder,
  type Case,
  type Metrics,
  type Missing,
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
    const ours = ['direct', 'tree'].flatMap((engine) =>
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

/** Whether the library has the engine; before it had several it took no notice of the option. */
export async function hasEngine(engine: string): Promise<boolean> {
  const detector = { normal: Float64Array.of(1, 2), anomalous: [Float64Array.of(3)] }
  const accepts = (value: string) =>
    bootstrap([detector], { engine: value, resamples: 1 } as BootstrapOptions).then(
      () => true,
      () => false,
    )
  return (await accepts('no such engine')) ? engine === 'direct' : accepts(engine)
}

async function measureEngine(args: TrialArguments): Promise<Metrics | Missing> {
  const [nNormal, nAnomalous, threads] = [Number(args.nNormal), Number(args.nAnomalous), Number(args.threads)]
  const engine = String(args.engine)
  if (!(await hasEngine(engine))) return { missing: 'not available' }
  const detectors = correlatedDetectors(nNormal, nAnomalous)
  const timeMs = async (resamples: number) => {
    const start = performance.now()
    await bootstrap(detectors, { engine, resamples, threads, outputs: { thresholds: false } } as BootstrapOptions)
    return performance.now() - start
  }
  const many = engine === 'tree' ? 100_000 : Math.min(50_000, Math.round(4e7 / (nNormal + nAnomalous)))
  const few = Math.ceil(many / 20)
  await timeMs(few)
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
