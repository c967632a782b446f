// A pipeline of worker threads: read → score → compare. Each of two saved detectors reads and scores the samples in a
// worker of its own, batch by batch; their scores meet in the main thread, which compares the detectors.
//
//   scoring-bias train parts.csv --detector ae --label kind --normal fine -o old.onnx
//   scoring-bias train parts.csv --detector sae --label kind --normal fine --anomaly crack -o new.onnx
//   node pipeline.mjs more-parts.csv kind fine old.onnx new.onnx
//
// The samples must be ones that no detector was trained on. A worker scores its next batch when the last one is taken, so
// memory is a few batches and two float64 a sample.
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { compare, ScoringBiasError } from 'scoring-bias'
import { openTable } from 'scoring-bias/data'
import { compareText } from 'scoring-bias/report'
import { loadDetector, scoreTable } from 'scoring-bias/train'

if (isMainThread) await main(process.argv.slice(2))
else await scoreBatches(workerData)

async function main([data, label, normal, baseline, candidate]) {
  try {
    const rows = paired(batchesOf(baseline, data, label), batchesOf(candidate, data, label))
    console.log(compareText(await compare(rows, { rows: { normal, source: data } })))
  } catch (error) {
    if (error.name !== 'ScoringBiasError') throw error
    console.error(`error: ${error.message}`)
    process.exitCode = 2
  }
}

/** One sample after the other with both scores. */
async function* paired(first, second) {
  try {
    for (;;) {
      const [one, other] = await Promise.all([first.next(), second.next()])
      if (one.done) return
      for (const [i, name] of one.value.labels.entries()) {
        yield { label: name, baseline: one.value.scores[i], candidate: other.value.scores[i] }
      }
    }
  } finally {
    await Promise.all([first.return(), second.return()])
  }
}

/** Batches of labels and scores from a worker that scores `data` with `model`. */
async function* batchesOf(model, data, label) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { model, data, label } })
  const gone = new Promise((resolve) => worker.once('exit', resolve))
  try {
    for (;;) {
      worker.postMessage('next')
      const [batch] = await once(worker, 'message')
      if (batch === 'end') return
      // Errors lose their class on the way between threads.
      if ('error' in batch) throw new ScoringBiasError(batch.code, batch.error)
      yield batch
    }
  } finally {
    // Asked to end, never terminated: a thread that is terminated while a graph runs takes the process with it.
    worker.postMessage('stop')
    await gone
  }
}

/** In a worker: posts a batch each time one is asked for. */
async function scoreBatches({ model, data, label }) {
  const batches = scored(model, data, label)
  for await (const [asked] of onMessages()) {
    if (asked === 'stop') return batches.return()
    try {
      const { value, done } = await batches.next()
      parentPort.postMessage(done ? 'end' : value)
      if (done) return
    } catch (error) {
      parentPort.postMessage({ code: error.code, error: error.message })
      return
    }
  }
}

async function* onMessages() {
  for (;;) yield await once(parentPort, 'message')
}

async function* scored(model, data, label) {
  const table = await openTable(data)
  try {
    // Its thread keeps the worker alive until it is closed, whatever fails meanwhile.
    const detector = await loadDetector(model, { device: 'cpu' })
    try {
      for await (const { scores, kept } of scoreTable(detector, table, { keep: [label] })) {
        yield { scores, labels: kept[0] }
      }
    } finally {
      await detector.close()
    }
  } finally {
    await table.close()
  }
}
