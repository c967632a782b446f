import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { UnitRunner } from '../../src/cluster/runUnit.js'
import { encodeUnitResult } from '../../src/cluster/unitResultBytes.js'
import { tableDigest } from '../../src/data/tables/labelledTable.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { coordinatorKey, resultsKey } from '../../src/queue/keys.js'
import { serveUnits } from '../../src/queue/serveUnits.js'
import type { UnitResult } from '../../src/study/core/unit.js'
import { ThreadTrainer } from '../../src/study/trainer/trainScenarios.js'

/**
 * What is strange about a worker: it idles over each unit, so that there are moments at which something may happen to it; it
 * stands still over its first unit; one unit ends its process; it is of another version; it computes wrongly.
 */
export type StrangeKind = 'slow' | 'still' | 'poison' | 'version' | 'wrong'

export interface StrangeWorker {
  readonly url: string
  readonly kind: StrangeKind
  /** Files that it has, of a column `kind`. */
  readonly tables: readonly string[]
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

/** The unit that kills who trains it: the first in the queue, as it is among the costliest. */
const poison = /Deep SAD.*runs 25 to/

/** Of all workers of a process: their units wait for each other, as if it had two processors. */
const trainer = new ThreadTrainer({ workers: 2, device: 'cpu' })

/** Works as strangely as asked, with a lock of five seconds. */
export async function serveStrangely({ url, kind, tables: paths, signal, say }: StrangeWorker): Promise<void> {
  const read = paths.map((path) => readLabelledTable(path, { label: 'kind', labelled: true }))
  const tables = new Map((await Promise.all(read)).map((table) => [tableDigest(table), table]))
  const runner = new UnitRunner({ trainer, tables: async ({ sha256 }) => tables.get(sha256) })
  let hasStood = false
  await serveUnits({
    ...{ url, slots: 1, lockMs: 5000, signal },
    onReady: () => say('ready\n'),
    onNotice: (text) => say(`${text}\n`),
    run: async (description) => {
      if (kind === 'version') return runner.run({ ...description, version: '0.0.1' })
      if (kind === 'poison' && poison.test(description.title)) process.kill(process.pid, 'SIGKILL')
      const result = await runner.run(description)
      if (kind === 'slow') await setTimeout(400 * Math.random())
      if (kind === 'still' && !hasStood) {
        hasStood = true
        say('stands still\n')
        process.kill(process.pid, 'SIGSTOP')
      }
      if (kind === 'wrong') await sendAnother(url, description.id, result)
      return result
    },
  })
}

/** Sends what a faulty machine would have trained, after the right result. */
async function sendAnother(url: string, unit: string, result: UnitResult): Promise<void> {
  const redis = new Redis(url)
  const [key = ''] = await redis.keys(coordinatorKey('*'))
  const runs = result.runs.map((run) => ({ ...run, scores: run.scores.map((score) => score + 1) }))
  const message = (of: UnitResult) => Buffer.concat([Buffer.from(unit), encodeUnitResult(of)])
  await redis.rpush(
    resultsKey(key.slice(coordinatorKey('').length)),
    message(result),
    message({ ...result, host: 'faulty', runs }),
  )
  redis.disconnect()
}
