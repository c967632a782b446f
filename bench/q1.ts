import { runQueue } from './queueRun.js'
import { endAll } from '../test/queue/machines.js'
console.log(await runQueue({ units: 1500, pauseMs: 1, scores: 1, processes: 1, slots: 8 }))
console.log(await runQueue({ units: 300, pauseMs: 1, scores: 32000, processes: 1, slots: 8 }))
await endAll()
