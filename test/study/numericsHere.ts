import { createHash } from 'node:crypto'
import { detector } from '../../src/detectors/detectors.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { mlp } from '../../src/nn/mlp.js'
import { normal } from '../../src/random/normal.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { numericsFingerprint } from '../../src/study/trainer/fingerprint.js'
import { ThreadTrainer } from '../../src/study/trainer/trainScenarios.js'

// Prints, of the processor that it runs on: the fingerprint of a detector, a digest of a training of it, and one of statistics.

const objective = detector('abc')
const network = mlp(9)
const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)
const features = Float32Array.from(normal(600 * 9, { seed: 3, stream: 1 }))
const digest = (...parts: (Float32Array | Float64Array | string)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

const trainer = new ThreadTrainer({ workers: 1, device: 'cpu' })
const fingerprint = await numericsFingerprint(trainer, { objective, network, decoder: 'identity' })
const { runs } = await trainer.train(
  {
    ...{ objective, network, decoder: 'identity', seed: 5 },
    settings: { ...publishedSettings, epochs: 4 },
    samples: { features, nSamples: 600, sample: [9] },
    runs: [0, 1].map((run) => ({
      ...{ run, normal: rows(run, 400 + run), anomalous: rows(500, 530), validation: rows(0, 400) },
    })),
  },
  () => {},
)
await trainer.close()
const scores = (stream: number) => normal(200, { seed: 9, stream })
const bias = await relativeBias(
  { baseline: { normal: scores(1), anomalous: scores(2) }, candidate: { normal: scores(3), anomalous: scores(4) } },
  { resamples: 500 },
)
process.stdout.write(
  JSON.stringify({
    fingerprint,
    training: digest(...runs.map((one) => one.scores)),
    statistics: digest(JSON.stringify(bias)),
  }),
)
