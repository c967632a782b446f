// Calls everything that the package exports, half the calls valid and half spoilt, and reads damaged files, with fresh seeds:
//   npm run fuzz -- [--minutes N] [--only part-of-a-name] [--seed S] [--runs N] [--path P]
// A finding is printed with the command that repeats it. Exits with 1 where there was one.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './run.mjs'

const text = { type: 'string' }
const { values } = parseArgs({ options: { minutes: text, only: text, seed: text, runs: text, path: text } })
const { minutes = '1', only = '', seed, runs = '40', path } = values
/** A batch takes seconds on a busy machine; one that takes so long does not end. */
const patienceMs = 10 * 60_000
const repeats = seed !== undefined
/** Where spoilt paths lead that are relative. */
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const atStart = 'the start'
const started = performance.now()
const total = { valid: 0, spoilt: 0, refused: 0, megabytes: 0 }
const findings = new Map()

function found(name, batch, report) {
  if (findings.has(name)) return
  findings.set(name, report)
  const again = /path: "([^"]*)"/.exec(report)?.[1]
  const where = again === undefined ? '' : ` --path ${again}`
  console.log(`\n== ${name}\n${report.slice(0, 4000)}\n`)
  console.log(`repeat: npm run fuzz -- --only '${name}' --seed ${batch.seed} --runs ${batch.numRuns}${where}`)
}

/** Runs a child to its end, or to that of the time; the batch it died in is a finding. */
function runChild(onlyThese) {
  return new Promise((resolve) => {
    const args = [repeats ? 'repeat' : 'run', onlyThese, seed ?? '', runs, ...(path === undefined ? [] : [path])]
    const execArgv = ['--import', join(root, 'test/loadTypescript.mjs')]
    const child = fork(join(root, 'test/fuzz/fuzz.ts'), args, {
      cwd: folder,
      execArgv,
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    let batch = { name: atStart, seed: 0, numRuns: 0 }
    let last = { valid: 0, spoilt: 0, refused: 0 }
    let errors = ''
    let ended = false
    let hung
    const watch = () => {
      clearTimeout(hung)
      hung = setTimeout(() => {
        ended = true
        found(batch.name, batch, `does not end within ${patienceMs / 60_000} minutes`)
        child.kill('SIGKILL')
      }, patienceMs)
    }
    const over = setTimeout(
      () => {
        ended = true
        child.kill('SIGKILL')
      },
      repeats ? 2 ** 31 - 1 : Number(minutes) * 60_000 - (performance.now() - started),
    )
    watch()
    child.stderr.on('data', (data) => {
      errors = (errors + data).slice(-4000)
    })
    child.on('message', (said) => {
      watch()
      if (said.batch) batch = said.batch
      if (said.failure) found(said.failure.name, said.failure, said.failure.report)
      if (said.done) {
        for (const kind of ['valid', 'spoilt', 'refused']) total[kind] += said.done.calls[kind] - last[kind]
        last = said.done.calls
        total.megabytes = Math.max(total.megabytes, said.done.megabytes)
      }
    })
    child.on('exit', (code, signal) => {
      clearTimeout(hung)
      clearTimeout(over)
      if (!ended && (code !== 0 || signal !== null))
        found(batch.name, batch, `ends the process (${signal ?? code})\n${errors}`)
      resolve(batch.name)
    })
  })
}

// A child that dies is followed by another, unless it died before its first batch.
let lastBatch
do lastBatch = await runChild(only)
while (!repeats && lastBatch !== atStart && performance.now() - started < Number(minutes) * 60_000)

const { valid, spoilt, refused, megabytes } = total
const time = `${((performance.now() - started) / 60_000).toFixed(1)} minutes`
console.log(`\n${time}: ${valid} valid calls, ${spoilt} spoilt ones (${refused} refused), ${megabytes} MB at most`)
console.log(findings.size === 0 ? 'nothing found' : `found in ${findings.size}: ${[...findings.keys()].join(', ')}`)
process.exitCode = findings.size === 0 ? 0 : 1
