import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import * as ops from '../../src/graph/ops.js'
import { scan } from '../../src/graph/scan.js'
import { encodeModel } from '../../src/onnx/encode.js'
import { deviceRequests, devices, deviceTitle, requireDevice } from '../../src/runtime/device.js'
import { Pool } from '../../src/runtime/pool.js'
import { cpu } from '../../src/runtime/providers/cpu.js'
import { cuda } from '../../src/runtime/providers/cuda.js'
import type { Provider } from '../../src/runtime/providers/provider.js'
import { providers } from '../../src/runtime/providers.js'
import { Session } from '../../src/runtime/session.js'
import { outputOf, value } from '../../src/runtime/value.js'
import { sourceFlags, sourceUrl } from '../sources.js'

const x = ops.input('x', 'float32', ['N'])
const doubled = encodeModel('double', [x], { y: ops.mul(x, 2) })
const three = () => ({ x: value('float32', Float32Array.of(1, 2, 3), [3]) })

/** A loop of matrix products that takes about as many milliseconds as `steps`. */
function slowModel(): Uint8Array {
  const a = ops.input('a', 'float32', [128, 128])
  const steps = ops.input('steps', 'float32', ['S'])
  const { states } = scan([a], [steps], ([state], [step]) => ({
    states: [ops.sigmoid(ops.matmul(ops.matmul(ops.matmul(ops.add(state, step), state), state), state))],
    outputs: [],
  }))
  return encodeModel('slow', [a, steps], { y: states[0] })
}
const slowInputs = (steps: number) => ({
  a: value('float32', new Float32Array(128 * 128).fill(0.01), [128, 128]),
  steps: value('float32', new Float32Array(steps), [steps]),
})

describe('the pool', () => {
  it('runs a graph in a worker thread, with inputs bound once', async () => {
    const pool = new Pool({ workers: 1, device: 'cpu' })
    const y = await pool.run('test', async (worker) => {
      const session = await worker.open(doubled, 'doubling')
      assert.equal(session.device, 'cpu')
      await session.bind(three())
      await session.run({})
      return outputOf(await session.run({}), 'y').data
    })
    assert.deepEqual(Array.from(y, Number), [2, 4, 6])
    await pool.close()
  })

  it('lets jobs beyond its workers wait, and answers each with its own result', async () => {
    const pool = new Pool({ workers: 2, device: 'cpu' })
    let running = 0
    let most = 0
    const jobs = Array.from({ length: 6 }, (_, i) =>
      pool.run(`job ${i}`, async (worker) => {
        most = Math.max(most, ++running)
        const session = await worker.open(doubled, 'doubling')
        const outputs = await session.run({ x: value('float32', Float32Array.of(i), [1]) })
        running--
        return Number(outputOf(outputs, 'y').data[0])
      }),
    )
    assert.deepEqual(await Promise.all(jobs), [0, 2, 4, 6, 8, 10])
    assert.equal(most, 2)
    await pool.close()
  })

  it('leaves the main thread free while a graph runs', async () => {
    const pool = new Pool({ workers: 1, device: 'cpu' })
    let ticks = 0
    let running = true
    const tick = () => {
      ticks++
      if (running) setImmediate(tick)
    }
    setImmediate(tick)
    await pool.run('test', async (worker) => {
      const session = await worker.open(slowModel(), 'slow')
      const before = ticks
      await session.run(slowInputs(400))
      // A thread that is blocked while the graph runs turns only when it is asked and when it is answered.
      assert.ok(ticks - before > 100, `the event loop turned ${ticks - before} times`)
    })
    running = false
    await pool.close()
  })

  it('names what it was doing when a graph fails', async () => {
    const pool = new Pool({ workers: 1, device: 'cpu' })
    const failing = pool.run('run 3 of deep-sad', async (worker) => {
      const session = await worker.open(doubled, 'training')
      await session.run({ x: value('float64', new Float64Array(1), [1]) })
    })
    await assert.rejects(failing, { code: 'WORKER_FAILED', message: /^run 3 of deep-sad: training: / })
    // The worker lives on.
    await pool.run('next', async (worker) => (await worker.open(doubled, 'doubling')).run(three()))
    await pool.close()
  })

  it('rejects a model that is none', async () => {
    const pool = new Pool({ workers: 1, device: 'cpu' })
    const opening = pool.run('test', (worker) => worker.open(new Uint8Array([1, 2, 3]), 'loading'))
    await assert.rejects(opening, { code: 'WORKER_FAILED', message: /^test: loading: / })
    await pool.close()
  })

  it('rejects what runs and what waits when its signal fires, and whatever comes later', async () => {
    const controller = new AbortController()
    const pool = new Pool({ workers: 1, device: 'cpu', signal: controller.signal })
    const job = () =>
      pool.run('test', async (worker) => {
        const session = await worker.open(slowModel(), 'slow')
        setImmediate(() => controller.abort('enough'))
        await session.run(slowInputs(200))
      })
    const results = await Promise.allSettled([job(), job()])
    for (const result of results) {
      assert.equal(result.status, 'rejected')
      assert.equal(result.reason.code, 'ABORTED')
      assert.equal(result.reason.cause, 'enough')
    }
    await assert.rejects(job(), { code: 'ABORTED' })
  })

  it('does not start with a signal that has fired', () => {
    assert.throws(() => new Pool({ signal: AbortSignal.abort() }), { code: 'ABORTED' })
  })

  it('refuses a number of workers that is none', () => {
    assert.throws(() => new Pool({ workers: 0 }), {
      code: 'OUT_OF_RANGE',
      message: /workers must be an integer from 1/,
    })
  })
})

describe('the choice of the device', () => {
  /** CUDA as it is where its provider is, or is not, beside onnxruntime-node. */
  const withCuda = (installed: boolean): readonly Provider[] => [cpu, { ...cuda, installed: () => installed }]

  it('takes the CPU where no other provider is installed', async () => {
    assert.equal((await Session.open(doubled, 'auto', withCuda(false))).device, 'cpu')
  })

  it('refuses a provider that is not installed, and says how to install it', async () => {
    await assert.rejects(Session.open(doubled, 'cuda', withCuda(false)), {
      code: 'NO_DEVICE',
      message:
        /^device 'cuda' .*not installed\. .*ONNXRUNTIME_NODE_INSTALL=cuda12.*, or choose device 'auto' or 'cpu'$/,
    })
  })

  it('falls back from auto, and refuses cuda, where the provider does not open', async () => {
    if ((await Session.open(doubled, 'auto')).device === 'cuda') return
    assert.equal((await Session.open(doubled, 'auto', withCuda(true))).device, 'cpu')
    await assert.rejects(Session.open(doubled, 'cuda', withCuda(true)), { code: 'NO_DEVICE', message: /did not open/ })
  })

  it('tells what is wrong with a model, not with the CPU', async () => {
    for (const request of ['auto', 'cpu']) {
      await assert.rejects(Session.open(new Uint8Array([1, 2, 3]), request), (error: { code?: string }) => {
        assert.notEqual(error.code, 'NO_DEVICE')
        return true
      })
    }
  })

  it('is made once for a pool, before its jobs, and is theirs', async () => {
    const pool = new Pool({ workers: 1, device: 'auto' })
    const opened = Promise.all(
      [0, 1].map((i) => pool.run(`job ${i}`, async (worker) => (await worker.open(doubled, 'doubling')).device)),
    )
    const device = await pool.device()
    assert.deepEqual(await opened, [device, device])
    await pool.close()
    await assert.rejects(
      pool.run('late', async () => {}),
      { code: 'ABORTED' },
    )
  })

  it('is that asked for, without trying, where it is not auto', async () => {
    for (const device of ['cpu', 'cuda'] as const) {
      const pool = new Pool({ workers: 1, device })
      assert.equal(await pool.device(), device)
      await pool.close()
    }
  })
})

describe('the table of providers', () => {
  const opened: string[] = []
  const dummy: Provider = {
    name: 'dummy',
    title: 'Dummy',
    installed: () => true,
    sessionOptions: () => {
      opened.push('dummy')
      return { executionProviders: ['cpu'] }
    },
    missing: 'Buy one',
  }
  const table = [...providers, dummy]

  it('is all that a device is added to: it runs when asked for, and auto prefers it', async () => {
    for (const request of ['dummy', 'auto']) {
      const session = await Session.open(doubled, request, table)
      assert.equal(session.device, 'dummy')
      assert.deepEqual(Array.from(outputOf(await session.run(three()), 'y').data, Number), [2, 4, 6])
      await session.release()
    }
    assert.deepEqual(opened, ['dummy', 'dummy'])
    const absent = [...providers, { ...dummy, installed: () => false }]
    await assert.rejects(Session.open(doubled, 'dummy', absent), { code: 'NO_DEVICE', message: /Buy one, or choose/ })
    assert.notEqual((await Session.open(doubled, 'auto', absent)).device, 'dummy')
    await assert.rejects(Session.open(doubled, 'dummy'), { code: 'UNKNOWN_NAME', message: /known: cpu, cuda/ })
  })

  it('has the names and titles of devices', () => {
    assert.deepEqual(deviceRequests, ['auto', 'cpu', 'cuda'])
    assert.deepEqual(devices.map(deviceTitle), ['CPU', 'CUDA'])
    assert.throws(() => deviceTitle('tpu'), { code: 'UNKNOWN_NAME' })
  })

  it('knows which devices a file may name', () => {
    assert.equal(requireDevice('cuda', 'store.duckdb'), 'cuda')
    for (const [value, shown] of [
      ['tpu', "'tpu'"],
      [null, 'null'],
      [3, '3'],
    ] as const) {
      assert.throws(() => requireDevice(value, 'store.duckdb'), {
        code: 'BAD_FILE',
        message: new RegExp(`^store\\.duckdb names the device ${shown}, which .* does not know \\(cpu, cuda\\)`),
      })
    }
  })
})

it('ONNX Runtime is loaded when the first session opens, not before', async () => {
  const early = ['runtime/session', 'runtime/pool', 'detectors/train', 'detectors/loadDetector', 'version']
  const script = `
    const loaded = () => process.report.getReport().sharedObjects.some((path) => path.includes('onnxruntime'))
    for (const module of ${JSON.stringify(early.map(sourceUrl))}) await import(module)
    const before = loaded()
    const { Session } = await import('${sourceUrl('runtime/session')}')
    const { probeModel } = await import('${sourceUrl('runtime/tryDevice')}')
    await Session.open(probeModel(), 'cpu')
    console.log(JSON.stringify([before, loaded()]))`
  const args = [...sourceFlags, '--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  assert.deepEqual(JSON.parse(stdout), [false, true])
})
