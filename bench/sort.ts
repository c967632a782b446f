import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ScoreArray } from '../src/native.js'
import { argsort } from '../src/stats/ranks/argsort.js'
import { sort } from '../src/stats/ranks/sort.js'
import {
  benchFolder,
  type Case,
  type Missing,
  medianMs,
  ownCommand,
  type Subject,
  type TrialArguments,
} from './harness.js'
import { normalVariates } from './scores.js'

const name = 'sort'
const repetitions = 21

/** bench/native/sort.cc compiled, with Highway where it is installed: the program, or why there is none. */
export function compileNativeSort(): { program: string } | Missing {
  const program = join(mkdtempSync(join(tmpdir(), 'scoring-bias-bench-')), 'sort')
  const native = join(benchFolder, '..', 'native')
  const kernels = ['sort/sort.cc', 'base/parallel.cc'].map((path) => join(native, 'kernels', path))
  const sources = [join(benchFolder, 'native', 'sort.cc'), ...kernels]
  const flags = ['-std=c++20', '-O3', '-DNDEBUG', '-ffp-contract=off', '-pthread', `-I${native}`]
  const compile = (libraries: readonly string[]) =>
    spawnSync('g++', [...flags, ...sources, '-o', program, ...libraries], {
      encoding: 'utf8',
    })
  if (compile(['-DWITH_HIGHWAY', '-lhwy_contrib', '-lhwy']).status === 0) return { program }
  const { status, error, stderr } = compile([])
  if (status === 0) return { program }
  return { missing: error === undefined ? `bench/native/sort.cc: ${stderr.split('\n')[0]}` : 'g++ is not installed' }
}

function cases(): Case[] {
  const compiled = compileNativeSort()
  const native = (contestant: string, type: string, n: number, threads = 1): Case['command'] =>
    'program' in compiled
      ? [compiled.program, contestant, type, String(n), String(threads), String(repetitions)]
      : ['echo', JSON.stringify({ missing: compiled.missing })]
  const script = join(benchFolder, 'rivals', 'sort.py')
  const list: Case[] = []
  for (const n of [1_000_000, 100_000]) {
    for (const type of ['float32', 'float64']) {
      const input = `${n.toLocaleString('en')} ${type}`
      const add = (contestant: string, command: Case['command']) => list.push({ input, contestant, command })
      for (const threads of [1, 2]) {
        const suffix = threads === 1 ? '' : ', 2 threads'
        add(`sort${suffix}`, ownCommand(name, 'sort', { n, type, threads }))
        add(`its kernel${suffix}`, native('kernel', type, n, threads))
      }
      add('TypedArray.prototype.sort', ownCommand(name, 'v8', { n, type }))
      add('numpy.sort', ['python3', script, 'sort', type, String(n), String(repetitions)])
      add('std::sort', native('std', type, n))
      add('Highway vqsort', native('vqsort', type, n))
      add('Highway vqsort, no AVX-512', native('vqsort-avx2', type, n))
      for (const threads of [1, 2]) {
        const suffix = threads === 1 ? '' : ', 2 threads'
        add(`argsort${suffix}`, ownCommand(name, 'argsort', { n, type, threads }))
        add(`its kernel (argsort)${suffix}`, native('argsort', type, n, threads))
      }
      for (const kind of ['quicksort', 'stable']) {
        add(`numpy.argsort, ${kind}`, ['python3', script, kind, type, String(n), String(repetitions)])
      }
    }
  }
  return list
}

function variates({ n, type }: TrialArguments): ScoreArray {
  const length = Number(n)
  return normalVariates(type === 'float32' ? new Float32Array(length) : new Float64Array(length), 0, 0)
}

export const sortSubject: Subject = {
  name,
  about:
    'Milliseconds to sort normal variates, on one thread where no number is given. `sort` and `argsort` are calls of ' +
    'this package and include its copy of the input and the way to a worker thread and back; kernels and rivals sort ' +
    'an array in place that was copied beforehand.',
  trials: 7,
  cases,
  ours: {
    sort: async (args) => {
      const values = variates(args)
      return { ms: await medianMs(repetitions, () => sort(values, { threads: Number(args.threads) })) }
    },
    argsort: async (args) => {
      const values = variates(args)
      return { ms: await medianMs(repetitions, () => argsort(values, { threads: Number(args.threads) })) }
    },
    v8: async (args) => {
      const values = variates(args)
      const copy = values.slice()
      const ms = await medianMs(
        5,
        () => copy.sort(),
        () => copy.set(values),
      )
      return { ms }
    },
  },
}
