import type { ClusterCommand } from '../cluster/commandPlans.js'
import { ScoringBiasError } from '../errors.js'
import type { CliContext } from './output.js'
import { clearLine, type OutputStream } from './processOutput.js'
import { type ProgressFlags, withProgress } from './progress.js'

/** Flags of a command whose training others may do. */
export interface QueueFlags {
  store?: string | undefined
  queue?: string
}

export const queueFlag = [
  '--queue <url>',
  'have it trained by the workers of a Redis server, as in redis://localhost:6379, into --store',
] as const

/**
 * Has what a command trains trained by the workers of a queue, if that is asked for: it then finds all of it in its store.
 * Errors: `OUT_OF_RANGE` without a store; those of `trainByQueue`.
 */
export async function trainQueued(
  command: ClusterCommand,
  { queue, store, ...flags }: QueueFlags & ProgressFlags,
  { stderr, signal }: CliContext,
): Promise<void> {
  if (queue === undefined) return
  if (store === undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--queue needs a file for what is trained. Name it, as in --store all.duckdb',
    )
  }
  // With what trains, which no other command needs.
  const { trainByQueue } = await import('../queue/trainByQueue.js')
  const onNotice = noticesTo(stderr)
  await withProgress(stderr, flags, (onProgress) =>
    trainByQueue(command, { url: queue, store, signal, onProgress, onNotice }),
  )
}

/** Writes sentences for people, each on a line of its own. */
export function noticesTo(stderr: OutputStream): (text: string) => void {
  return (text) => stderr.write(`${stderr.isTTY === true ? clearLine : ''}${text}.\n`)
}
