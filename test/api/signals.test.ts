import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'

const at = (path: string) => JSON.stringify(new URL(`../../dist/${path}`, import.meta.url).href)

/** What is no signal, though it looks like one. */
const signals = `({
  text: 'now',
  controller: new AbortController(),
  aborted: { aborted: false },
  deaf: { aborted: false, addEventListener() {} },
  refusing: { aborted: false, addEventListener() { throw new TypeError('no') }, removeEventListener() {} },
  keeping: { aborted: false, addEventListener() {}, removeEventListener() { throw new TypeError('no') } },
  throwing: { get aborted() { throw new TypeError('no') }, addEventListener() {}, removeEventListener() {} },
  undecided: Object.assign(new EventTarget(), { aborted: 'no' }),
  empty: Object.create(AbortSignal.prototype),
})`

const setting = "settings: { epochs: 1, pretrainEpochs: 1 }, device: 'cpu'"
const calls: Readonly<Record<string, string>> = {
  compare: 'core.compare(rows, { signal, onProgress })',
  relativeBias: 'core.relativeBias({ baseline: sets, candidate: sets }, { signal, onProgress })',
  sort: 'core.sort(scores, { signal })',
  train: `train.train({ data: 'statlog', detector: 'ae', ${setting}, signal, onProgress })`,
  loadDetector: "train.loadDetector('none.onnx', { signal })",
  runStudy: `study.runStudy({ dataset: 'statlog', runs: 1, ${setting}, signal, onProgress })`,
  anomalyMatrix: `study.anomalyMatrix({ dataset: 'statlog', runs: 1, ${setting}, signal, onProgress })`,
  converge: `study.converge({ runs: 2, ${setting}, signal, onProgress })`,
  openTable: "data.openTable('none.csv', { signal })",
  loadDataset: "data.loadDataset('statlog', { signal })",
}

describe('a signal that is none is refused before anything is begun, and the process ends', () => {
  for (const [name, call] of Object.entries(calls)) {
    it(name, async () => {
      // Workers, timers and listeners that a refused call left would keep this process alive.
      const code = `
        const core = await import(${at('index.js')}), study = await import(${at('rooms/study.js')})
        const train = await import(${at('rooms/train.js')}), data = await import(${at('rooms/data.js')})
        const scores = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i))
        const rows = Array.from(scores, (score, i) => ({ label: i % 2, baseline: score, candidate: -score }))
        const sets = { normal: scores, anomalous: scores }
        const onProgress = () => {}
        const seen = {}
        for (const [kind, signal] of Object.entries(${signals})) {
          try { await ${call}; seen[kind] = 'accepted' } catch (error) { seen[kind] = error.code + ' ' + error.message.slice(0, 30) }
        }
        console.log(JSON.stringify(seen))`
      const { stdout } = await promisify(execFile)('node', ['--input-type=module', '--eval', code])
      const seen: Record<string, string> = JSON.parse(stdout)
      assert.equal(Object.keys(seen).length, 9)
      for (const [kind, answer] of Object.entries(seen)) {
        assert.match(answer, /^WRONG_TYPE signal must be an AbortSignal/, kind)
      }
    })
  }
})
