import { type ChildProcess, spawn } from 'node:child_process'
import { program } from '../sources.js'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program to its end; `begun` is given its process, which may write so many blocks of 512 bytes to a file. */
export function run(
  args: readonly string[],
  cwd: string,
  begun?: (child: ChildProcess) => void,
  blocks?: number,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const line = [process.execPath, ...program, ...args]
    const child =
      blocks === undefined
        ? spawn(process.execPath, line.slice(1), { cwd })
        : spawn('sh', ['-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', ...line], { cwd })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (text) => {
      stdout += text
    })
    child.stderr.on('data', (text) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
    begun?.(child)
  })
}
