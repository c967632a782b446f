import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { UnitRunner } from '../../src/cluster/runUnit.js'
import { encodeUnitResult } from '../../src/cluster/unitResultBytes.js'
import { coordinatorKey, resultsKey } from '../../src/queue/keys.js'
import { serveUnits } from '../../src/queue/serveUnits.js'
import type { UnitResult } from '../../src/study/core/unit.js'
import { ThreadTrainer } from '../../src/study/trainer/trainScenarios.js'

// A worker as it should not be: strangeWorker.ts <url> <kind>.

const [url = '', kind = ''] = process.argv.slice(2)
const trainer = new ThreadTrainer({ workers: 1, device: 'cpu' })
const runner = new UnitRunner({ trainer })
let hasStood = false
const poison = /Deep SAD.*runs 0 to/

/** Sends what a faulty machine would have trained, after the right result. */
async function sendAnother(unit: string, result: UnitResult): Promise<void> {
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

console.log('ready')
await serveUnits({
  url,
  slots: 1,
  lockMs: 5000,
  signal: new AbortController().signal,
  onNotice: (text) => console.log(text),
  run: async (description) => {
    // Of another version of the package.
    if (kind === 'version') return runner.run({ ...description, version: '0.0.1' })
    // One unit ends the process.
    if (kind === 'poison' && poison.test(description.title)) process.kill(process.pid, 'SIGKILL')
    const training = runner.run(description)
    if (kind === 'still' && !hasStood) {
      hasStood = true
      await setTimeout(300 * Math.random())
      console.log('stands still')
      process.kill(process.pid, 'SIGSTOP')
    }
    const result = await training
    if (kind === 'wrong') await sendAnother(description.id, result)
    return result
  },
})
