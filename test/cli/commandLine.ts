import { runCli } from '../../src/cli/runCli.js'
import { runStudy } from '../../src/study/runStudy.js'

/** Runs a command line to its end, and has what it said. */
export async function cli(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' }
  const code = await runCli({
    args,
    signal: new AbortController().signal,
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    runStudy,
  })
  return { code, ...said }
}
