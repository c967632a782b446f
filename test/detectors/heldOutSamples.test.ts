import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMetadata, encodeMetadata } from '../../src/detectors/detectorMetadata.js'
import { detector } from '../../src/detectors/detectors.js'
import { train } from '../../src/detectors/train.js'
import { dividedNormals, trainedAmong, trainedCounts } from '../../src/detectors/validationLoss.js'
import { lossWarnings, shareWarnings } from '../../src/detectors/validationWarnings.js'
import { trainText } from '../../src/report/detectors/trainText.js'

// A tenth of StatLog: 120 normal samples in the four fifths that are trained on or held out.
const asked = { data: 'statlog', share: 0.1, detector: 'ae', device: 'cpu' } as const

test('a file says how many samples were trained on, without those held out, and which epoch its weights are of', async () => {
  const settings = { epochs: 30, learningRate: 0.05, validationShare: 0.2, patience: 2 }
  const trained = await train({ ...asked, split: 'published', settings })
  const { metadata, validation } = trained
  assert.deepEqual(metadata.trainedOn, { normal: 96, anomalous: 0 })
  assert.equal(validation?.n, 24)
  // The published split sets the threshold on all normal samples; 24 of those that might have been trained on were held out.
  assert.equal(metadata.validation.trainedOn, 96)
  const { bestEpoch = null, losses = [] } = validation ?? {}
  assert.ok(bestEpoch !== null && bestEpoch < losses.length, 'stops before its last epoch')
  assert.deepEqual(metadata.validationLoss, { n: 24, epochs: losses.length, bestEpoch, weightsOfEpoch: bestEpoch })
  const text = trainText(trained)
  assert.match(text, /\(96 to train on, 24 held out for the validation loss\)/)
  assert.match(text, /training saw 96 of them/)
  assert.equal(Number(/Threshold (\S+) for FPR/.exec(text)?.[1]), metadata.threshold)

  const { patience: _, ...measured } = { ...settings, epochs: losses.length }
  const last = (await train({ ...asked, split: 'published', settings: measured })).metadata.validationLoss
  assert.deepEqual(last, { n: 24, epochs: losses.length, bestEpoch, weightsOfEpoch: losses.length })
})

test('a file without a validation loss does not speak of it, and is read as before', async () => {
  const { metadata } = await train({ ...asked, settings: { epochs: 1 } })
  assert.equal('validationLoss' in metadata, false)
  assert.equal(metadata.trainedOn.normal, 120)
  assert.deepEqual(decodeMetadata(Object.entries(encodeMetadata(metadata)), 'file'), metadata)
  assert.match(
    trainText(await train({ ...asked, settings: { epochs: 1, validationShare: 0.1 } })),
    /standardised over the normal samples trained on and those held out for the validation loss\./,
  )
})

test('samples held out are not counted as trained on', () => {
  const normal = Uint32Array.from({ length: 50 }, (_, i) => 2 * i)
  const settings = { validationShare: 0.3 }
  const { held } = dividedNormals({ run: 1, normal }, settings, 5)
  assert.deepEqual(trainedCounts(50, settings), { nNormal: 35, nHeldOut: 15 })
  assert.deepEqual(trainedCounts(50, {}), { nNormal: 50 })
  const among = (rows: Uint32Array) => trainedAmong(rows, { run: 1, normal }, settings, 5)
  assert.deepEqual([among(normal), among(held), among(Uint32Array.of(1, 3))], [35, 0, 0])
})

test('hardly any sample left to train on is warned of: less than a batch, and less than is held out', async () => {
  const warned = (n: number, validationShare: number) => shareWarnings(n, { validationShare, batchSize: 128 })
  for (const [n, share, wanted] of [
    [1206, 0.999, true],
    [1206, 0.9, true],
    [1206, 0.8, false],
    [120, 0.1, false],
    [120, 0.6, true],
  ] as const) {
    assert.equal(warned(n, share).length, Number(wanted), `${share} of ${n}`)
  }
  assert.deepEqual(shareWarnings(120, { batchSize: 128 }), [])
  const { warnings, metadata } = await train({ ...asked, settings: { epochs: 1, validationShare: 0.99 } })
  assert.equal(metadata.trainedOn.normal, 1)
  assert.equal(
    warnings[0],
    'validationShare 0.99 holds out 119 of 120 normal samples. Only 1 is left to train on, less than a batch of 128. Take a smaller share, ' +
      'such as 0.1 (--validation-share 0.1)',
  )
})

test('a patience that takes a detector of labelled anomalies back to its first epochs is warned of', () => {
  const record = (bestEpoch: number | null, epochs: number) => ({ bestEpoch, n: 9, losses: Array(epochs).fill(1) })
  const hsc = detector('hsc')
  const why =
    ', by patience 3. That goes by the loss of held-out normal samples, which does not show what HSC learns from labelled anomalies. ' +
    'So it may be almost untrained. Leave patience (--patience) out, and say for how many epochs to train (--epochs)'
  assert.deepEqual(lossWarnings(hsc, [record(1, 4)], { patience: 3 }), [
    `the weights of HSC are those of epoch 1 of 4${why}`,
  ])
  const runs = [record(1, 4), record(3, 6), record(4, 7), record(5, 8)]
  assert.deepEqual(lossWarnings(hsc, runs, { patience: 3 }), [
    `in 2 of 4 runs, the weights of HSC are those of epochs 1 to 3${why}`,
  ])
  // Later ones, trainings that were asked to be as short, none that stop, and detectors that learn normal samples alone.
  assert.deepEqual(lossWarnings(hsc, [record(4, 7), record(2, 2), undefined], { patience: 3 }), [])
  assert.deepEqual(lossWarnings(hsc, [record(1, 40)], {}), [])
  assert.deepEqual(lossWarnings(detector('ae'), [record(1, 4)], { patience: 3 }), [])
})

test('a validation loss that is never finite is warned of, with a patience or without', () => {
  const record = (bestEpoch: number | null) => ({ bestEpoch, n: 9, losses: [bestEpoch === null ? null : 1] })
  const wayOut =
    ': the weights are those of the last epoch. Look for numbers far out among the normal samples, such as 3.4e38 for a missing one, or standardise the features'
  assert.deepEqual(lossWarnings(detector('ae'), [record(null)], {}), [
    `the validation loss of AE is never finite. So it measures nothing${wayOut}`,
  ])
  assert.deepEqual(lossWarnings(detector('ae'), [record(null), record(1), record(null)], { patience: 2 }, 'training'), [
    `in 2 of 3 trainings, the validation loss of AE is never finite. So it measures nothing, and patience 2 stops nothing${wayOut}`,
  ])
  assert.deepEqual(lossWarnings(detector('ae'), [record(1)], {}), [])
})
