// One training by the built package until its first step has ended: firstStep.mjs NETWORK DETECTOR prints metrics as JSON. Not in
// TypeScript: compiling the modules of a worker thread takes several times as long as loading them.
import process from 'node:process'
import { detector } from '../dist/detectors/detectors.js'
import { publishedSettings } from '../dist/detectors/settings.js'
import { trainReplicas } from '../dist/detectors/trainReplicas.js'
import { lenet } from '../dist/nn/lenet.js'
import { lstmNet } from '../dist/nn/lstmNet.js'
import { mlp } from '../dist/nn/mlp.js'
import { uniform } from '../dist/random/uniform.js'
import { Pool } from '../dist/runtime/pool.js'

const [, , networkName, objective] = process.argv
const networks = { mlp: () => mlp(36), lenet: () => lenet(), lstm: () => lstmNet() }
const sizes = { mlp: [1160, 120], lenet: [1280, 128], lstm: [512, 128] }
const network = networks[networkName]()
const [nNormal, nAnomalous] = sizes[networkName]
const nSamples = nNormal + nAnomalous
const size = network.sample.reduce((product, dim) => product * dim, nSamples)
const features = Float32Array.from(uniform(size, { seed: 1, stream: 0 }))
const rows = (from, to) => Uint32Array.from({ length: to - from }, (_, i) => from + i)

const cpuMs = () => Object.values(process.cpuUsage()).reduce((sum, us) => sum + us / 1000, 0)
const controller = new AbortController()
const [began, idle] = [performance.now(), cpuMs()]
let metrics
const onProgress = () => {
  metrics ??= { ms: performance.now() - began, 'processor ms': cpuMs() - idle }
  controller.abort()
}
const pool = new Pool({ workers: 1, device: 'cpu', signal: controller.signal })
try {
  await pool.run('first step', (worker) =>
    trainReplicas(worker, {
      objective: detector(objective),
      network,
      decoder: 'sigmoid',
      settings: { ...publishedSettings, batchSize: 128, epochs: 100_000, pretrainEpochs: 0, milestones: [] },
      pool: { features, nSamples, sample: network.sample },
      runs: [{ run: 0, normal: rows(0, nNormal), anomalous: rows(nNormal, nSamples) }],
      seed: 1,
      onProgress,
    }),
  )
} catch (error) {
  if (error.code !== 'ABORTED') throw error
}
console.log(JSON.stringify(metrics))
