#!/usr/bin/env node
import { runStudy } from '../study/runStudy.js'
import { discardAll } from '../writeFile.js'
import { ProcessOutput } from './processOutput.js'
import { exitCodes, runCli, stopSignals } from './runCli.js'

/** How long an interrupted command may take to stop by itself. */
const graceMs = 700

const controller = new AbortController()

for (const signal of stopSignals) {
  process.once(signal, () => {
    controller.abort(signal)
    // A worker cannot be stopped inside a graph. Past the grace period the signal, no longer caught, ends the process.
    setTimeout(() => {
      discardAll()
      process.kill(process.pid, signal)
    }, graceMs).unref()
  })
}

const stderr = new ProcessOutput(process.stderr)
const stdout = new ProcessOutput(process.stdout, (error) => {
  stderr.write(`error: cannot write to standard output: ${error.message}\n`)
  process.exitCode = exitCodes.failure
})

const code = await runCli({ args: process.argv.slice(2), stdout, stderr, signal: controller.signal, runStudy })
process.exitCode = stdout.isFailed && code === exitCodes.success ? exitCodes.failure : code
