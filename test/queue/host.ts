import process from 'node:process'
import { runCli } from '../../src/cli/runCli.js'
import { runStudy } from '../../src/study/runStudy.js'
import { type StrangeKind, serveStrangely } from './strangeUnits.js'

// Runs commands of the program, and workers, as its parent asks, beside each other; see `Host` of machines.ts.

/** What a host is asked for: a command, a worker, or to stop what it was asked for. */
export interface HostRequest {
  readonly id: number
  readonly args?: readonly string[]
  readonly worker?: { readonly url: string; readonly kind: StrangeKind; readonly tables: readonly string[] }
  readonly stop?: true
}

/** What it tells of that: words for people, an answer, the code with which it has ended. */
export interface HostWord {
  readonly id: number
  readonly text?: string
  readonly out?: string
  readonly code?: number
}

const stops = new Map<number, AbortController>()

async function answer({ id, args = [], worker, stop }: HostRequest): Promise<void> {
  if (stop) return stops.get(id)?.abort('SIGTERM')
  const tell = (word: Omit<HostWord, 'id'>) => process.send?.({ id, ...word } satisfies HostWord)
  const controller = new AbortController()
  stops.set(id, controller)
  const { signal } = controller
  const say = (text: string) => tell({ text })
  const code =
    worker === undefined
      ? await runCli({ args, signal, runStudy, stdout: { write: (out) => tell({ out }) }, stderr: { write: say } })
      : await serveStrangely({ ...worker, signal, say }).then(() => 0)
  stops.delete(id)
  tell({ code })
}

process.on('message', (request: HostRequest) => void answer(request))
