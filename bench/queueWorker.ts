// A worker whose training is a pause: queueWorker.ts <url> <slots> <milliseconds> <runs> <scores>. Ends by SIGTERM, and prints its processor time
// in milliseconds.
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { serveUnits } from '../src/queue/serveUnits.js'
import { normal } from '../src/random/normal.js'

const [url = '', slots, pauseMs, nRuns, nScores] = process.argv.slice(2)
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
const scores = Float32Array.from(normal(Number(nScores), { seed: 1 }))
const runs = Array.from({ length: Number(nRuns) }, (_, run) => ({
  training: { run, losses: new Float64Array(1), pretrainLosses: new Float64Array(0) },
  scores,
}))

console.log('ready')
const { trained } = await serveUnits({
  ...{ url, slots: Number(slots), signal: stop.signal },
  run: async () => {
    await setTimeout(Number(pauseMs), undefined, { signal: stop.signal })
    return { device: 'cpu', runs }
  },
})
const { user, system } = process.cpuUsage()
console.log(JSON.stringify({ trained, processorMs: (user + system) / 1000 }))
