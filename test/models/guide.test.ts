import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

test('the example of docs/models.md trains an autoencoder in plain onnxruntime-node', () => {
  const root = new URL('../../', import.meta.url)
  const guide = readFileSync(new URL('docs/models.md', root), 'utf8')
  const [, code = ''] = /# The models by themselves\n.*?```js\n(.*?)```/s.exec(guide) ?? []
  // Reproducible numbers in place of random ones, so that the test fails always or never.
  const seeded = 'let state = 1; Math.random = () => (state = (state * 48271) % 2147483647) / 2147483647;'
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
    cwd: fileURLToPath(root),
    input: `${seeded}\n${code}`,
    encoding: 'utf8',
    // What runs here is ONNX Runtime alone, which nothing keeps from writing telemetry.
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  })
  const [, first, last] = /^([\d.]+) ([\d.]+) \[ 1, 3584 \]\n$/.exec(stdout) ?? assert.fail(`${stdout}${stderr}`)
  // Uniform numbers have variance 1/12: the error that the best constant reconstruction would leave.
  assert.ok(Number(first) > 1 / 12 && Number(last) < 1 / 12, `${first} ${last}`)
})
