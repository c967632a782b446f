// A detector of one's own: what its distance is of, and a loss for each kind of sample. This one pushes labelled anomalies out
// with the loss −ln d, where Deep SAD has 1/d.
//
//   node ownDetector.mjs log-sad.onnx
import { writeFile } from 'node:fs/promises'
import { add, log, neg } from 'scoring-bias/graph'
import { defineDetector, loadDetector, train } from 'scoring-bias/train'

const logSad = defineDetector({
  name: 'log-sad',
  title: 'Log SAD',
  distance: 'hypersphere',
  loss: { anomaly: (d, { lossEpsilon }) => neg(log(add(d, lossEpsilon))) },
})

const path = process.argv[2] ?? 'log-sad.onnx'
const settings = { epochs: 20, pretrainEpochs: 10 }
for (const detector of ['deep-sad', logSad]) {
  const { model, metadata, recall } = await train({ data: 'statlog', detector, settings, device: 'cpu' })
  console.log(metadata.detector, ...recall.map((one) => `${one.class} ${one.tpr.toFixed(2)}`))
  await writeFile(path, model)
}

// The file holds all that is needed to score: whoever reads it need not have the definition.
const saved = await loadDetector(path, { device: 'cpu' })
console.log(saved.metadata.detector, 'flags beyond', saved.metadata.threshold)
await saved.close()
