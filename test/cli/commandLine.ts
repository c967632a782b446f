import type { CliContext } from '../../src/cli/output.js'
import { runCli } from '../../src/cli/runCli.js'
import { runStudy } from '../../src/study/runStudy.js'

export interface Said {
  code: number
  stdout: string
  stderr: string
}

/** Runs a command line to its end, and has what it said. */
export function cli(...args: string[]): Promise<Said> {
  return cliWith({}, ...args)
}

/** What `--progress json` says once a training has made some steps. */
export const stepsDone = /"phase":"[^"]*training[^}]*"done":[1-9]/

/** Runs a command line, told to stop as soon as its progress shows steps done. */
export async function cliStopped(...args: string[]): Promise<Said> {
  const controller = new AbortController()
  let stderr = ''
  const write = (text: string) => {
    stderr += text
    if (stepsDone.test(stderr)) controller.abort('SIGINT')
  }
  const said = await cliWith({ signal: controller.signal, stderr: { write } }, ...args, '--progress', 'json')
  return { ...said, stderr }
}

/** The same with a signal, or a study, of the test's own. */
export async function cliWith(given: Partial<CliContext>, ...args: string[]): Promise<Said> {
  const said = { stdout: '', stderr: '' }
  const code = await runCli({
    args,
    signal: new AbortController().signal,
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    runStudy,
    ...given,
  })
  return { code, ...said }
}
