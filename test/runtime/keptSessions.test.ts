import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as ops from '../../src/graph/ops.js'
import { encodeModel } from '../../src/onnx/encode.js'
import { KeptSessions } from '../../src/runtime/keptSessions.js'
import { Pool } from '../../src/runtime/pool.js'
import { outputOf, value } from '../../src/runtime/value.js'

/** Sessions that say in `freed` that they were freed. */
function sessionsThatTell() {
  const freed: string[] = []
  const session = (name: string) => ({ name, release: async () => void freed.push(name) })
  return { freed, session }
}

describe('kept sessions', () => {
  it('are given to one asker each, by their keys', async () => {
    const { freed, session } = sessionsThatTell()
    const kept = new KeptSessions<ReturnType<typeof session>>(100)
    await kept.putBack('a', session('of a'), 10)
    await kept.putBack('b', session('of b'), 10)
    assert.equal(kept.take('a')?.name, 'of a')
    assert.equal(kept.take('a'), undefined)
    assert.equal(kept.take('c'), undefined)
    assert.equal(kept.take('b')?.name, 'of b')
    assert.deepEqual(freed, [])
  })

  it('are freed, those of longest ago first, as far as they work with too much', async () => {
    const { freed, session } = sessionsThatTell()
    const kept = new KeptSessions<ReturnType<typeof session>>(100)
    for (const name of ['a', 'b', 'c']) await kept.putBack(name, session(name), 30)
    // Used again, so that it is no longer that of longest ago.
    const a = kept.take('a')
    assert.ok(a)
    await kept.putBack('a', a, 30)
    await kept.putBack('d', session('d'), 60)
    assert.deepEqual(freed, ['b', 'c'])
    assert.equal(kept.take('a')?.name, 'a')
    assert.equal(kept.take('d')?.name, 'd')
  })

  it('do not hold one that alone works with too much, and only the latest of one key', async () => {
    const { freed, session } = sessionsThatTell()
    const kept = new KeptSessions<ReturnType<typeof session>>(100)
    await kept.putBack('large', session('large'), 101)
    assert.deepEqual(freed, ['large'])
    assert.equal(kept.take('large'), undefined)
    await kept.putBack('a', session('first'), 60)
    await kept.putBack('a', session('second'), 60)
    assert.deepEqual(freed, ['large', 'first'])
    assert.equal(kept.take('a')?.name, 'second')
  })
})

describe('a session that is put back', () => {
  const [x, y] = [ops.input('x', 'float32', ['N']), ops.input('y', 'float32', ['N'])]
  const sum = encodeModel('sum', [x, y], { z: ops.add(x, y) })
  const of = (...numbers: number[]) => value('float32', Float32Array.from(numbers), [numbers.length])

  it('computes for the next asker, of other sizes too, and has nothing of what was bound to it', async () => {
    const pool = new Pool({ workers: 1, device: 'cpu' })
    const sumOf = (a: number[], b: number[]) =>
      pool.run('test', async (worker) => {
        const session = await worker.open(sum, 'adding')
        await session.bind({ x: of(...a) })
        const { data } = outputOf(await session.run({ y: of(...b) }), 'z')
        await worker.release(session, 1000)
        return Array.from(data, Number)
      })
    assert.deepEqual(await sumOf([1, 2], [10, 20]), [11, 22])
    assert.deepEqual(await sumOf([1, 2, 3], [4, 5, 6]), [5, 7, 9])
    await assert.rejects(
      pool.run('test', async (worker) => (await worker.open(sum, 'adding')).run({ y: of(1) })),
      { code: 'WORKER_FAILED' },
    )
    await pool.close()
  })

  it('is not shared by two that are open at a time', async () => {
    const pool = new Pool({ workers: 1, device: 'cpu' })
    await pool.run('test', async (worker) => {
      await worker.release(await worker.open(sum, 'adding'), 1000)
      const [one, two] = [await worker.open(sum, 'adding'), await worker.open(sum, 'adding')]
      await one.bind({ x: of(1) })
      await two.bind({ x: of(2) })
      assert.deepEqual(Array.from(outputOf(await one.run({ y: of(10) }), 'z').data, Number), [11])
      assert.deepEqual(Array.from(outputOf(await two.run({ y: of(10) }), 'z').data, Number), [12])
      await worker.release(one, 1000)
      await worker.release(two, 1000)
    })
    await pool.close()
  })
})
