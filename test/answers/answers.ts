import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cli } from '../cli/commandLine.js'
import { writeInputs } from './inputs.js'

/**
 * Answers of the command line, as they were recorded: whoever changes code without meaning to change a number sees here
 * that none changed. Whoever means to writes them again, with `node --import ./test/loadTypescript.mjs
 * test/answers/answers.ts [NAME…]`, and looks at the difference.
 */

export interface Command {
  readonly name: string
  /** `IN` is the folder of input files, `OUT` an empty one. */
  readonly args: readonly string[]
}

const compared = (name: string, ...args: string[]): Command => ({ name: `compare-${name}`, args: ['compare', ...args] })
const formats = ['csv', 'tsv', 'csv.gz', 'jsonl', 'parquet', 'npz']
const methods = ['percentile', 'basic', 'normal', 'studentized', 'bt2']
const csv = 'IN/scores.csv'

/** Statistics give the same bits on every machine. */
export const statistics: readonly Command[] = [
  ...formats.map((format) => compared(format, `IN/scores.${format}`)),
  compared('joined', 'IN/a.csv', 'IN/b.csv', '--key', 'id', '--score', 'score'),
  compared('split', 'IN/split.csv'),
  compared('curve', csv, '--curve', '--resamples', '500'),
  compared('all', csv, '--candidate', 'all', '--ignore', 'id'),
  compared('tree', csv, '--candidate', 'candidate,other', '--engine', 'tree'),
  ...methods.map((method) => compared(method, csv, '--interval-method', method)),
  compared('certified', csv, '--threshold-rule', 'certified', '--delta', '0.1'),
  compared('linear', csv, '--threshold-rule', 'linear', '--fpr', '0.01'),
  { name: 'plan', args: ['plan', '--precision', '0.05'] },
  { name: 'plan-pilot', args: ['plan', csv, '--xi', '0.1'] },
]

/** Float32 training gives the same bits on processors of one kind. */
export const trained: readonly Command[] = [
  { name: 'study', args: ['study', 'statlog', '--no-report', '--store', 'OUT/study.duckdb'] },
  { name: 'study-read-again', args: ['report', 'OUT/study.duckdb', '--no-report'] },
  { name: 'matrix', args: ['matrix', 'statlog', '--runs', '2'] },
  { name: 'converge', args: ['converge', '--runs', '40'] },
  { name: 'converge-statlog', args: ['converge', 'statlog', '--runs', '40'] },
  {
    name: 'train',
    args: ['train', 'statlog', '--detector', 'deep-sad', '--epochs', '20', '-o', 'OUT/detector.onnx'],
  },
]

/** Of what test/study/published.test.ts has trained, in `OUT`. */
export const table4: Command = {
  name: 'table4',
  args: ['reproduce', 'table4', '--store', 'OUT/published.duckdb'],
}

/** Ten runs of six detectors. */
export const table7: Command = { name: 'table7', args: ['reproduce', 'table7'] }

/** Times, and what says where and by what it was computed. */
const passing = new Set(
  'elapsedSeconds seconds samplingSeconds path bytes workers processor version versions device deviceReason'.split(' '),
)

/** The answer of a command as JSON, without what differs from run to run and from machine to machine. */
export async function answer({ args }: Command, folders: Folders): Promise<unknown> {
  const placed = args.map((arg) => arg.replace(/^IN\//, `${folders.input}/`).replace(/^OUT\//, `${folders.output}/`))
  const quiet = args[0] === 'report' ? [] : ['--quiet']
  const { code, stdout, stderr } = await cli(...placed, '--json', ...quiet)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  const text = stdout.replaceAll(`${folders.input}/`, 'IN/').replaceAll(`${folders.output}/`, 'OUT/')
  return JSON.parse(text, (key, value) => (passing.has(key) ? undefined : value))
}

/** Fails unless a command that trains answers as recorded: to the bit on a processor of the same kind, else nearly. */
export async function requireRecorded(command: Command, folders: Folders): Promise<void> {
  const same = (await readRecorded('processor')) === kindOfProcessor()
  const [now, then] = [await answer(command, folders), await readRecorded(command.name)]
  if (same) assert.deepEqual(now, then)
  else assert.deepEqual(shapeOf(now), shapeOf(then))
}

/** Keys, texts and lengths, without numbers and what is worded from them. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 || typeof value[0] !== 'object' ? 'list' : value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]))
}

export interface Folders {
  readonly input: string
  readonly output: string
}

export async function withFolders<T>(work: (folders: Folders) => Promise<T>): Promise<T> {
  const folders = {
    input: await mkdtemp(join(tmpdir(), 'answers-in-')),
    output: await mkdtemp(join(tmpdir(), 'answers-out-')),
  }
  try {
    await writeInputs(folders.input)
    return await work(folders)
  } finally {
    await Promise.all(Object.values(folders).map((folder) => rm(folder, { recursive: true })))
  }
}

/** What decides the bits of float32 training on the CPU: make and instructions. */
function kindOfProcessor(): string {
  const wide = /\bavx512f\b|\bavx2\b|\bavx\b/g
  const flags = process.platform === 'linux' ? [...new Set(readFileSync('/proc/cpuinfo', 'utf8').match(wide))] : []
  return [process.arch, cpus()[0]?.model, ...flags.sort()].join(' ')
}

const recorded = (name: string) => new URL(`recorded/${name}.json`, import.meta.url)

export async function readRecorded(name: string): Promise<unknown> {
  return JSON.parse(await readFile(recorded(name), 'utf8'))
}

async function record(names: readonly string[]): Promise<void> {
  await withFolders(async (folders) => {
    for (const command of [...statistics, ...trained, table4, table7]) {
      if (names.length > 0 && !names.includes(command.name)) continue
      await writeFile(recorded(command.name), `${JSON.stringify(await answer(command, folders), null, 1)}\n`)
    }
  })
  await writeFile(recorded('processor'), `${JSON.stringify(kindOfProcessor())}\n`)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await record(process.argv.slice(2))
