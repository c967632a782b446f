import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { loadStatlog } from '../../src/data/sets/statlog.js'
import { makeSplit } from '../../src/data/splits/splits.js'
import { detector, detectorNames } from '../../src/detectors/detectors.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { trainReplicas } from '../../src/detectors/trainReplicas.js'
import { network } from '../../src/nn/networks.js'
import { Pool } from '../../src/runtime/pool.js'
import { meanSd } from '../../src/stats/meanSd.js'
import { pooledError } from '../oracle/pooledError.js'
import { statlogTorch } from '../oracle/statlogTorch.js'

const nRuns = 5
/** Losses are compared on a logarithmic scale, where those of different runs scatter evenly. */
const allowedErrors = 4

describe('losses while training on StatLog with the published settings', async () => {
  const pool = new Pool({ device: 'cpu' })
  after(() => pool.close())
  const dataset = await loadStatlog()
  const { features, labels, sample } = dataset
  const runs = Array.from({ length: nRuns }, (_, run) => {
    const { trainNormal, trainAnomaly } = makeSplit(dataset, { ...dataset.defaults, run, seed: 0 })
    return { run, normal: trainNormal, anomalous: trainAnomaly }
  })
  const common = {
    network: network('mlp', sample),
    decoder: 'sigmoid',
    settings: publishedSettings,
    pool: { features, nSamples: labels.length, sample },
    runs,
    seed: 0,
  } as const

  for (const name of detectorNames) {
    it(`${name}: agree with those of a PyTorch program after 1 to 200 epochs, and of its pretraining`, async () => {
      const trained = await pool.run(name, (worker) => trainReplicas(worker, { ...common, objective: detector(name) }))
      const { loss, pretrainLoss } = statlogTorch.detectors[name]
      for (const [what, all, expected] of [
        ['training', trained.losses, loss],
        ['pretraining', trained.pretrainLosses, pretrainLoss],
      ] as const) {
        for (const [epoch, theirs] of Object.entries(expected)) {
          const ours = meanSd(all.slice((Number(epoch) - 1) * nRuns, Number(epoch) * nRuns).map(Math.log))
          const reference = meanSd(theirs.map(Math.log))
          const standardError = pooledError(ours.sd, nRuns, reference.sd, statlogTorch.runs)
          assert.ok(
            Math.abs(ours.mean - reference.mean) <= allowedErrors * standardError,
            `${what}, epoch ${epoch}: ln loss ${ours.mean} ± ${ours.sd} against ${reference.mean} ± ${reference.sd}`,
          )
        }
      }
    })
  }
})
