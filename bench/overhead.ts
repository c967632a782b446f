import { Bench } from 'tinybench'
import type { ScoreArray } from '../src/native.js'
import { addon } from '../src/native.js'
import { relativeBias } from '../src/stats/bias/relativeBias.js'
import { ecdf } from '../src/stats/ranks/ecdf.js'
import { sort } from '../src/stats/ranks/sort.js'
import { threshold } from '../src/stats/ranks/threshold.js'
import { type Case, type Metrics, ownCommand, type Subject, type TrialArguments } from './harness.js'
import { normalVariates } from './scores.js'
import { compileNativeSort } from './sort.js'

const name = 'overhead'

const calls: Readonly<Record<string, (values: ScoreArray, threads: number) => Promise<unknown>>> = {
  sort: (values, threads) => sort(values, { threads }),
  ecdf: (values, threads) => ecdf(values, values.subarray(0, 1), { threads }),
  threshold: (values, threads) => threshold(values, { fpr: 0.05, threads }),
  'relativeBias, 10 replicates': (values, threads) => {
    const scores = { normal: values, anomalous: values.subarray(0, Math.ceil(values.length / 5)) }
    return relativeBias({ baseline: scores, candidate: scores }, { resamples: 10, threads })
  },
  'the addon alone, nothing to do': () => addon.sort(empty, 1),
}

const empty = new Float32Array(0)

function cases(): Case[] {
  const compiled = compileNativeSort()
  const ours = [1000, 1].flatMap((n) =>
    Object.keys(calls).map((call) => ({
      input: `${n.toLocaleString('en')} float32`,
      contestant: call,
      command: ownCommand(name, 'call', { call, n }),
    })),
  )
  const kernel: Case['command'] =
    'program' in compiled
      ? [compiled.program, 'kernel', 'float32', '1000', '1', '1001']
      : ['echo', JSON.stringify({ missing: compiled.missing })]
  return [...ours, { input: '1,000 float32', contestant: "sort's kernel (ms)", command: kernel }]
}

async function measureCall(args: TrialArguments): Promise<Metrics> {
  const call = calls[String(args.call)]
  if (call === undefined) throw new RangeError(`there is no call '${args.call}'`)
  const values = normalVariates(new Float32Array(Number(args.n)), 0, 0)
  const bench = new Bench({ time: 500, warmupTime: 200 })
  bench.add('call', () => call(values, 1))
  await bench.run()
  const [task] = bench.tasks
  if (task?.result.state !== 'completed') throw new Error('the call failed')
  return { µs: 1000 * (task.result.latency.p50 ?? Number.NaN) }
}

export const overheadSubject: Subject = {
  name,
  about:
    'Microseconds of a call, awaited before the next (the median of tinybench over half a second): on 1,000 scores, ' +
    'and on one, which leaves the way to a worker thread and back.',
  trials: 5,
  cases,
  ours: { call: measureCall },
}
