import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import { input, mul, split } from '../../src/graph/ops.js'
import { encodeModel } from '../../src/onnx/encode.js'
import { onnx } from '../../src/onnx/proto/onnx.js'
import { Pool } from '../../src/runtime/pool.js'
import { outputOf, value } from '../../src/runtime/value.js'

const pool = new Pool({ workers: 1, device: 'cpu' })
after(() => pool.close())

for (const nParts of [2, 7, 8, 13, 14, 50]) {
  it(`a split into ${nParts} gives the parts in order, by nodes that bind eight buffers at most`, async () => {
    const sizes = Array.from({ length: nParts }, (_, i) => 1 + (i % 3))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    const x = input('x', 'float32', [total])
    const names = sizes.map((_, i) => `part${i}`)
    const parts = split(x, 0, sizes)
    const model = encodeModel('split', [x], Object.fromEntries(parts.map((part, i) => [`part${i}`, mul(part, 1)])))
    const nodes = onnx.ModelProto.decode(model).graph?.node ?? []
    const splits = nodes.filter(({ opType }) => opType === 'Split')
    assert.equal(splits.length, Math.max(1, Math.ceil((nParts - 1) / 6)))
    for (const { output } of splits) assert.ok(1 + (output?.length ?? 0) <= 8)

    const data = Float32Array.from({ length: total }, (_, i) => i)
    const found = await pool.run('test', async (worker) =>
      (await worker.open(model, 'splitting')).run({ x: value('float32', data, [total]) }),
    )
    const values = names.map((name) => Array.from(outputOf(found, name).data, Number))
    assert.deepEqual(
      values.map(({ length }) => length),
      sizes,
    )
    assert.deepEqual(values.flat(), [...Array(total).keys()])
  })
}
