#!/usr/bin/env node
import { runStudy } from '../index.js'
import { exitCodes, runCli } from './runCli.js'

/** How long an interrupted command may take to stop by itself. */
const graceMs = 700

const controller = new AbortController()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    controller.abort(signal)
    // A worker cannot be stopped inside a graph. Past the grace period the signal, no longer caught, ends the process.
    setTimeout(() => process.kill(process.pid, signal), graceMs).unref()
  })
}

// Whoever reads our output has seen enough, as in `scoring-bias … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(exitCodes.success)
})

process.exitCode = await runCli({
  args: process.argv.slice(2),
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
  runStudy,
})
