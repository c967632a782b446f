import type { CliContext } from '../../src/cli/context.js'
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
