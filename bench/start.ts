import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Case, type Metrics, ownCommand, type Subject, type TrialArguments } from './harness.js'

const name = 'start'
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

const scores = 'label,baseline,candidate\n0,1,1\n0,2,3\n0,3,2\n1,1.5,5\n1,2.5,4\n'
const compare = ['compare', 'scores.csv', '--fpr', '0.34']
/** Of each detector four units of five runs, which train for some 40 steps. */
const shortUnits = [
  '--runs',
  '20',
  '--epochs',
  '2',
  '--pretrain-epochs',
  '2',
  '--resamples',
  '1000',
  '--store',
  's.duckdb',
]
const plan = ['plan', '--tpr-baseline', '0.6', '--tpr-candidate', '0.7', '--precision', '0.1']

/** Arguments of Node by what they start. */
const starts: Readonly<Record<string, readonly string[]>> = {
  "node -e ''": ['-e', ''],
  'scoring-bias --help': [program, '--help'],
  'scoring-bias compare --help': [program, 'compare', '--help'],
  'scoring-bias study --help': [program, 'study', '--help'],
  [`scoring-bias ${compare.join(' ')}`]: [program, ...compare],
  [`scoring-bias ${plan.join(' ')}`]: [program, ...plan],
  'scoring-bias data list': [program, 'data', 'list'],
  [`scoring-bias study statlog ${shortUnits.join(' ')} --no-report`]: [
    ...[program, 'study', 'statlog', ...shortUnits, '--no-report', '--quiet'],
  ],
  'npm start (study statlog)': [program, 'study', 'statlog', '--quiet'],
}

/** Runs a command and has what all its threads have used: the last line of `times` is that of children. */
function processorMs(command: readonly string[], cwd: string): number {
  const script = '"$0" "$@" >/dev/null && times'
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, ...command], { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`)
  const [, children = ''] = stdout.trim().split('\n')
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (ms, [, m, s]) => ms + 1000 * (60 * Number(m) + Number(s)),
    0,
  )
}

function cases(): Case[] {
  return Object.keys(starts).map((start) => ({
    input: 'a fresh process',
    contestant: start,
    command: ownCommand(name, 'run', { start }),
  }))
}

async function run({ start }: TrialArguments): Promise<Metrics> {
  const args = starts[String(start)]
  if (args === undefined) throw new RangeError(`there is no start '${start}'`)
  const cwd = mkdtempSync(join(tmpdir(), 'start-'))
  try {
    writeFileSync(join(cwd, 'scores.csv'), scores)
    const began = performance.now()
    const processor = processorMs([process.execPath, ...args], cwd)
    return { 'wall ms': performance.now() - began, 'processor ms': processor }
  } finally {
    rmSync(cwd, { recursive: true })
  }
}

export const startSubject: Subject = {
  name,
  about: 'From starting Node to its end, in milliseconds: on the clock, and of processor time over all threads.',
  trials: 7,
  cases,
  ours: { run },
}
