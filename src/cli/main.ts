#!/usr/bin/env node
import { runStudy } from '../index.js'
import { exitCodes, runCli } from './runCli.js'

/** How long an interrupted command may take to stop by itself. */
const graceMs = 700

const controller = new AbortController()

for (const [signal, code] of [
  ['SIGINT', exitCodes.interrupted],
  ['SIGTERM', exitCodes.terminated],
] as const) {
  process.once(signal, () => {
    controller.abort(signal)
    // A worker cannot be stopped inside a graph: past the grace period the process goes without it.
    setTimeout(() => process.exit(code), graceMs).unref()
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
