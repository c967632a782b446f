import type { RunStudyOptions } from '../study/runStudy.js'
import { discardAll } from '../writeFile.js'
import { ProcessOutput } from './processOutput.js'
import { exitCodes, runCli, stopSignals } from './runCli.js'

/** How long an interrupted command may take to stop by itself; a second signal ends it at once. */
const graceMs = 5000

const controller = new AbortController()

for (const signal of stopSignals) {
  // A worker cannot be stopped inside a graph. Past the grace period the signal, no longer caught, ends the process.
  const end = () => {
    discardAll()
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  }
  process.on(signal, () => {
    if (controller.signal.aborted) return end()
    controller.abort(signal)
    setTimeout(end, graceMs).unref()
  })
}

const stderr = new ProcessOutput(process.stderr)
const stdout = new ProcessOutput(process.stdout, (error) => {
  stderr.write(`error: cannot write to standard output: ${error.message}\n`)
  process.exitCode = exitCodes.failure
})

const code = await runCli({
  args: process.argv.slice(2),
  stdout,
  stderr,
  signal: controller.signal,
  runStudy: async (options: RunStudyOptions) => (await import('../study/runStudy.js')).runStudy(options),
})
process.exitCode = stdout.isFailed && code === exitCodes.success ? exitCodes.failure : code
