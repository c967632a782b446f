import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import * as ops from '../../src/graph/ops.js'
import { encodeModel } from '../../src/onnx/encode.js'
import { type JobWorker, Pool } from '../../src/runtime/pool.js'
import { outputOf, value } from '../../src/runtime/value.js'

const [x, y] = [ops.input('x', 'float32', ['N']), ops.input('y', 'float32', ['N'])]
const sum = encodeModel('sum', [x, y], { z: ops.add(x, y) })
const difference = encodeModel('difference', [x, y], { z: ops.sub(x, y) })
const of = (...numbers: number[]) => value('float32', Float32Array.from(numbers), [numbers.length])

describe('values that a worker holds', () => {
  const pool = new Pool({ workers: 1, device: 'cpu' })
  after(() => pool.close())
  const open = (worker: JobWorker, model: Uint8Array) => worker.open(model, 'computing')

  it('go there once, without a copy, for every session that they are bound to', async () => {
    const given = of(3, 4)
    await pool.run('test', async (worker) => {
      const held = worker.hold({ x: given })
      assert.equal(given.data.length, 0)
      for (const [model, expected] of [
        [sum, [4, 6]],
        [difference, [2, 2]],
        [sum, [4, 6]],
      ] as const) {
        const session = await open(worker, model)
        await session.bind({ y: of(1, 2) }, held)
        for (let run = 0; run < 2; run++) {
          assert.deepEqual(Array.from(outputOf(await session.run({}), 'z').data, Number), expected)
        }
        await worker.release(session)
      }
    })
  })

  it('are dropped as the job ends', async () => {
    const held = await pool.run('test', async (worker) => worker.hold({ x: of(1) }))
    const binding = pool.run('next', async (worker) => (await open(worker, sum)).bind({}, held))
    await assert.rejects(binding, { code: 'INTERNAL', message: /no values \d+ are held in this worker/ })
  })

  it('that do not arrive are the error of who binds them', async () => {
    const controller = new AbortController()
    const aborted = new Pool({ workers: 1, device: 'cpu', signal: controller.signal })
    const binding = aborted.run('test', async (worker) => {
      const session = await open(worker, sum)
      controller.abort()
      await session.bind({}, worker.hold({ x: of(1) }))
    })
    await assert.rejects(binding, { code: 'ABORTED' })
  })
})
