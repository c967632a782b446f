import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { add, log, neg } from '../../../src/graph/ops.js'
import * as train from '../../../src/rooms/train.js'
import type { RoomCalls } from '../calls.js'
import { folder } from '../tables.js'
import { tables } from './data.js'

const constant = 'a constant'
const name = fc.constantFrom(...train.detectorNames)

/** Calls of every function of the room of detectors. */
export const trainCalls: RoomCalls<typeof train> = {
  decoderOutputs: constant,
  detectorNames: constant,
  deviceRequests: constant,
  modelDefaults: constant,
  publishedSettings: constant,
  detectorTitle: { names: ['detector'], args: fc.tuple(name), holds: (title) => assert.ok(title.length > 0) },
  deviceTitle: {
    names: ['device'],
    args: fc.tuple(fc.constantFrom('cpu', 'cuda', 'webgpu')),
    holds: (title) => assert.ok(title.length > 0),
  },
  defineDetector: {
    names: ['definition', 'detector', 'defineDetector'],
    args: fc.tuple(
      fc
        .record({
          title: fc.string({ minLength: 1 }),
          distance: fc.constantFrom('hypersphere' as const, 'reconstruction' as const),
        })
        .map((own) => {
          const anomaly: train.Loss = (d, { lossEpsilon }) => neg(log(add(d, lossEpsilon)))
          return { name: 'log-fuzz', ...own, loss: { anomaly } }
        }),
    ),
    varies: true,
    holds: ({ name: own, title }, definition) => assert.deepEqual([own, title], [definition.name, definition.title]),
  },
  train: {
    names: ['options', 'train', 'feature'],
    args: fc.tuple(
      fc.record({
        data: tables,
        detector: fc.constantFrom('ae', 'hsc', 'deep-sad'),
        anomaly: fc.constant('third'),
        settings: fc.constant({ epochs: 1, pretrainEpochs: 1 }),
        fpr: fc.double({ min: 0.2, max: 0.6, noNaN: true }),
        device: fc.constant('cpu' as const),
        seed: fc.nat(),
      }),
    ),
    refusals: ['EMPTY_SAMPLE', 'OUT_OF_RANGE', 'DIVERGED'],
    cost: 60,
    holds: async ({ model, metadata }, { data, fpr = 0 }) => {
      const detector = await train.loadDetector(model, { device: 'cpu' })
      try {
        assert.deepEqual(detector.metadata, metadata)
        const { scores } = await detector.score(typeof data === 'string' ? new Float32Array(0) : data.features)
        assert.ok(scores.every(Number.isFinite) && fpr > 0)
      } finally {
        await detector.close()
      }
    },
  },
  loadDetector: 'opens sessions; the readers of damaged files call it, and the calls of train',
  scoreTable: 'takes an open detector and table; the law of scored tables calls it',
  modelManifest: {
    names: ['options', 'manifest'],
    args: fc.tuple(
      fc.record({ networks: fc.constant(['mlp']), sample: fc.constantFrom([3], [5]) }, { requiredKeys: ['networks'] }),
    ),
    cost: 60,
    holds: ({ models }) => assert.ok(models.every(({ network }) => network.startsWith('mlp'))),
  },
  exportModels: {
    names: ['folder', 'options'],
    args: fc.tuple(fc.constant(`${folder}/models`), fc.constant({ networks: ['mlp'] })),
    cost: 120,
    varies: true,
    holds: ({ manifest: { models } }, own) => {
      for (const { file, sha256 } of models) {
        const bytes = readFileSync(join(own, file))
        assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256, file)
      }
      assert.ok(models.length > 0)
    },
  },
}
