import { join } from 'node:path'
import process from 'node:process'
import { at } from '../src/check.js'
import { relativeBias } from '../src/stats/bias/relativeBias.js'
import { meanSd } from '../src/stats/meanSd.js'
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

const name = 'exactLaw'

const sizes = [
  [1_000, 200],
  [16_000, 4_000],
  [100_000, 20_000],
  [1_000_000, 100_000],
] as const

/** The seeds of rivals, whose intervals take seconds; without, minutes. One process runs them all. */
const rivals: Readonly<Record<number, { readonly scipy?: number; readonly pROC?: number }>> = {
  1000: { scipy: 5, pROC: 2 },
  16000: { scipy: 1 },
}

/** Calls of one process: what takes long is repeated least. Replicates need all seeds, for what differs between them. */
const calls = { most: 15, least: 3, ms: 300 }

const contestants = {
  'closed form': { intervalMethod: 'percentile', engine: 'exact', nClasses: 1 },
  'closed form, nine classes': { intervalMethod: 'percentile', engine: 'exact', nClasses: 9 },
  'confidence distribution': { intervalMethod: 'confidence', engine: 'exact', nClasses: 1 },
  'confidence distribution, nine classes': { intervalMethod: 'confidence', engine: 'exact', nClasses: 9 },
  'closed form, independent, nine classes': {
    intervalMethod: 'percentile',
    engine: 'exact',
    nClasses: 9,
    design: 'independent',
  },
  'confidence distribution, independent, nine classes': {
    intervalMethod: 'confidence',
    engine: 'exact',
    nClasses: 9,
    design: 'independent',
  },
  '10,000 replicates, percentile': { intervalMethod: 'percentile', engine: 'tree', nClasses: 1 },
  '10,000 replicates, bca': { intervalMethod: 'bca', engine: 'tree', nClasses: 1 },
} as const

const names = Object.keys(contestants)

function cases(): Case[] {
  return sizes.flatMap(([nNormal, nAnomalous]) => {
    const input = `${nNormal.toLocaleString('en')} + ${nAnomalous.toLocaleString('en')}`
    const ours = names.map((contestant) => ({
      input,
      contestant,
      command: ownCommand(name, 'answer', { nNormal, nAnomalous, contestant }),
    }))
    const size = [String(nNormal), String(nAnomalous), '10000']
    const { scipy, pROC } = rivals[nNormal] ?? {}
    const theirs: Case[] = []
    if (scipy !== undefined) {
      const command = ['python3', join(benchFolder, 'rivals', 'bootstrap.py'), ...size, 'BCa', String(scipy)] as const
      theirs.push({ input, contestant: 'scipy.stats.bootstrap, BCa', command, trials: 1 })
    }
    if (pROC !== undefined) {
      const command = ['Rscript', join(benchFolder, 'rivals', 'bootstrap.R'), 'pROC', ...size, String(pROC)] as const
      theirs.push({ input, contestant: 'pROC::roc.test', command, trials: 1 })
    }
    return [...ours, ...theirs]
  })
}

async function measureAnswer({ nNormal, nAnomalous, contestant }: TrialArguments): Promise<Metrics> {
  const [baseline, candidate] = correlatedDetectors(Number(nNormal), Number(nAnomalous)).map(
    ({ normal, anomalous: [anomalous = normal] }) => ({ normal, anomalous }),
  )
  if (baseline === undefined || candidate === undefined) throw new RangeError('there are two detectors')
  const scores = { baseline, candidate }
  const { nClasses, ...asked } = at(Object.entries(contestants), names.indexOf(String(contestant)))[1]
  const classes = Array.from({ length: Number(nAnomalous) }, (_, i) => `class ${i % nClasses}`)
  const labels = 'design' in asked ? { baseline: classes, candidate: classes } : classes
  const options = { ...asked, threads: 1, ...(nClasses > 1 ? { classes: labels } : {}) }
  const drawn = asked.engine !== 'exact'
  const answer = (seed: number) => relativeBias(scores, drawn ? { ...options, seed } : options)
  const times: number[] = []
  const clock: number[] = []
  const ends: (readonly [number, number])[] = []
  const enough = () => times.length >= calls.least && !drawn && times.reduce((sum, ms) => sum + ms, 0) > calls.ms
  for (let seed = 0; seed < calls.most && !enough(); seed++) {
    const [start, started] = [process.cpuUsage(), performance.now()]
    const { interval } = await answer(seed)
    const { user, system } = process.cpuUsage(start)
    clock.push(performance.now() - started)
    times.push((user + system) / 1000)
    ends.push(interval)
  }
  const ms = {
    ms: median(times),
    'first call, ms': at(times, 0),
    'first call by the clock, ms': at(clock, 0),
    'later calls, ms': median(times.slice(1)),
    'later calls by the clock, ms': median(clock.slice(1)),
  }
  if (!drawn) return ms
  const spread = (end: 0 | 1) => meanSd(Float64Array.from(ends, (interval) => interval[end])).sd
  return { ...ms, 'sd of the lower end between seeds': spread(0), 'sd of the upper end between seeds': spread(1) }
}

export const exactLawSubject: Subject = {
  name,
  about:
    'Milliseconds of processor time of an answer (interval and p-value of ξ at a target FPR of 0.05) on normal + anomalous samples of two ' +
    'detectors, on one thread, from scores in the order of their samples: the law in closed form, of the bootstrap by `percentile` and of the confidence distribution, against 10,000 replicates, whose intervals differ between seeds. Independent: the detectors scored samples of their own. ' +
    `Ours: the median of up to ${calls.most} calls in a fresh process, fewer where ${calls.least} or more take ${calls.ms} ms. That counts what Node's ` +
    'threads spend on compiling JavaScript, most of it in the first calls. So the first call and the median of the later ones stand ' +
    'beside it, by processor time and by the clock, which is fair on an idle machine alone. Rivals: of their seeds.',
  trials: 3,
  cases,
  ours: { answer: measureAnswer },
}
