import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const benchFolder = dirname(fileURLToPath(import.meta.url))
const timeoutMs = 240_000

/** What one trial measured, by name with unit. */
export type Metrics = Readonly<Record<string, number>>

/** Why a trial measured nothing. */
export interface Missing {
  readonly missing: string
}

/** A contestant on an input. Each trial runs `command` in a fresh process, which prints its metrics as JSON. */
export interface Case {
  readonly input: string
  readonly contestant: string
  readonly command: readonly [program: string, ...args: string[]]
  /** Fewer trials than the subject's, of what repeats its work itself. */
  readonly trials?: number
}

export interface Subject {
  readonly name: string
  /** What is measured, in a sentence or two. */
  readonly about: string
  readonly trials: number
  /** Prepares rivals, so that it may take a while. */
  readonly cases: () => readonly Case[]
  /** Ours, run in the trial's process by bench/trial.ts. */
  readonly ours: Readonly<Record<string, (args: TrialArguments) => Promise<Metrics | Missing>>>
}

export type TrialArguments = Readonly<Record<string, number | string>>

/** The contestants that are functions of this package, or of Node, each in a fresh Node. */
export function ownCommand(subject: string, trial: string, args: TrialArguments): Case['command'] {
  const loader = pathToFileURL(join(benchFolder, '..', 'test', 'loadTypescript.mjs')).href
  return [process.execPath, '--import', loader, join(benchFolder, 'trial.ts'), subject, trial, JSON.stringify(args)]
}

/** The metrics that a command prints, or why there are none. */
export function runOnce(command: Case['command']): { metrics: Metrics } | Missing {
  const [program, ...args] = command
  const result = spawnSync(program, args, { encoding: 'utf8', timeout: timeoutMs, maxBuffer: 2 ** 26 })
  if (result.error !== undefined) {
    const code = 'code' in result.error ? result.error.code : undefined
    if (code === 'ETIMEDOUT') return { missing: `took more than ${timeoutMs / 1000} s` }
    return { missing: code === 'ENOENT' ? `${program} is not installed` : result.error.message }
  }
  if (result.status !== 0) return { missing: `failed: ${result.stderr.trim().split('\n').at(-1)}` }
  const { missing, ...metrics } = JSON.parse(result.stdout)
  return missing === undefined ? { metrics } : { missing }
}

export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2
}

export function summarise(trials: readonly Metrics[]): Record<string, Summary> {
  const names = Object.keys(trials[0] ?? {})
  return Object.fromEntries(
    names.map((name) => {
      const values = trials.map((trial) => trial[name] ?? Number.NaN)
      const digits = (x: number) => Number(x.toPrecision(4))
      return [
        name,
        {
          median: digits(median(values)),
          min: digits(Math.min(...values)),
          max: digits(Math.max(...values)),
        },
      ]
    }),
  )
}

/** The median over `repetitions` of the milliseconds that `work` takes, after one that does not count. */
export async function medianMs(
  repetitions: number,
  work: () => Promise<unknown> | unknown,
  prepare?: () => void,
): Promise<number> {
  const times: number[] = []
  for (let r = 0; r <= repetitions; r++) {
    prepare?.()
    const start = performance.now()
    await work()
    if (r > 0) times.push(performance.now() - start)
  }
  return median(times)
}
