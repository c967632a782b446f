import process from 'node:process'
import { relativeBias } from '../src/stats/bias/relativeBias.js'
import type { RelativeBiasOptions } from '../src/stats/bias/types.js'
import {
  type Case,
  type Metrics,
  type Missing,
  ownCommand,
  runOnce,
  type Subject,
  type TrialArguments,
} from './harness.js'
import { correlatedDetectors } from './scores.js'

const name = 'pipeline'
const nNormal = 1_000_000
const nAnomalous = 100_000
const nSamples = nNormal + nAnomalous

function cases(): Case[] {
  return [1, 2].flatMap((threads) => {
    const suffix = threads === 1 ? '' : ', 2 threads'
    const input = `${nNormal.toLocaleString('en')} + ${nAnomalous.toLocaleString('en')} float32`
    return [
      { input, contestant: `relativeBias, 10,000 replicates${suffix}`, command: ownCommand(name, 'time', { threads }) },
      // What does not depend on the number of replicates.
      {
        input,
        contestant: `relativeBias, 10 replicates${suffix}`,
        command: ownCommand(name, 'time', { threads, resamples: 10 }),
      },
      { input, contestant: `its memory${suffix}`, command: ownCommand(name, 'memory', { threads }) },
    ]
  })
}

async function answer(args: TrialArguments): Promise<{ ms: number }> {
  const resamples = Number(args.resamples ?? 10_000)
  const [baseline, candidate] = correlatedDetectors(nNormal, nAnomalous).map(({ normal, anomalous }) => ({
    normal,
    anomalous: anomalous[0] ?? new Float32Array(0),
  }))
  if (baseline === undefined || candidate === undefined) throw new RangeError('there are two detectors')
  const options: RelativeBiasOptions = { intervalMethod: 'bca', resamples, threads: Number(args.threads) }
  if (args.call === 'no') return { ms: 0 }
  const start = performance.now()
  await relativeBias({ baseline, candidate }, options)
  return { ms: performance.now() - start }
}

async function peak(args: TrialArguments): Promise<Metrics> {
  await answer(args)
  return { bytes: 1024 * process.resourceUsage().maxRSS }
}

async function memory(args: TrialArguments): Promise<Metrics | Missing> {
  const [idle, busy] = ['no', 'yes'].map((call) => runOnce(ownCommand(name, 'peak', { ...args, call })))
  if (idle === undefined || busy === undefined || 'missing' in idle || 'missing' in busy) {
    return { missing: 'a process failed' }
  }
  return { 'bytes a sample': ((busy.metrics.bytes ?? 0) - (idle.metrics.bytes ?? 0)) / nSamples }
}

export const pipelineSubject: Subject = {
  name,
  about:
    'From raw unsorted float32 scores to a BCa interval of ξ in one first call of a fresh process. A sample is one ' +
    'normal or anomaly with its two scores, so there are 1,100,000 samples and 2,200,000 scores. Memory is the peak of ' +
    'a process that calls over that of one that only holds the scores (8 bytes a sample).',
  trials: 5,
  cases,
  ours: { time: answer, peak, memory },
}
