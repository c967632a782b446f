import { runStudy } from '../study/runStudy.js'
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

let isOutputLost = false
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads our output has seen enough, as in `scoring-bias … | head`.
  if (error.code === 'EPIPE') process.exit(exitCodes.success)
  if (!isOutputLost) process.stderr.write(`error: cannot write to standard output: ${error.message}\n`)
  // What the command writes to files it still does.
  isOutputLost = true
  process.exitCode = exitCodes.failure
})

const code = await runCli({
  args: process.argv.slice(2),
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
  runStudy,
})
process.exitCode = isOutputLost && code === exitCodes.success ? exitCodes.failure : code
