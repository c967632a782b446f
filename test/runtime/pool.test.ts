import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { ScoringBiasError } from '../../src/errors.js'
import * as ops from '../../src/graph/ops.js'
import { scan } from '../../src/graph/scan.js'
import { encodeModel } from '../../src/onnx/encode.js'
import { type Device, deviceRequests, devices, deviceTitle, requireDevice } from '../../src/runtime/device.js'
import { Pool } from '../../src/runtime/pool.js'
import { cpu } from '../../src/runtime/providers/cpu.js'
import { cuda } from '../../src/runtime/providers/cuda.js'
import type { Provider } from '../../src/runtime/providers/provider.js'
import { automaticDevice, providers } from '../../src/runtime/providers.js'
import { RemoteSession } from '../../src/runtime/remoteSession.js'
import { Session } from '../../src/runtime/session.js'
import { tryDevice } from '../../src/runtime/tryDevice.js'
import { takeTurn } from '../../src/runtime/turns.js'
import { outputOf, value } from '../../src/runtime/value.js'
import { GraphError, WorkerHandle } from '../../src/runtime/workerHandle.js'
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
  it('refuses a provider that is not installed, and says how to install it', async () => {
    const absent: Provider = { ...cuda, absence: () => ({ why: 'it is not installed', way: 'Install it' }) }
    const refused = {
      code: 'NO_DEVICE',
      message: "device 'cuda' cannot be used: it is not installed. Install it, or choose device 'auto' or 'cpu'",
    }
    await assert.rejects(tryDevice(absent), refused)
    await assert.rejects(Session.open(doubled, 'cuda', [cpu, absent]), refused)
  })

  it('refuses one that does not open, and prints nothing of what ONNX Runtime and the driver print', async () => {
    // A provider that no onnxruntime-node has, so that the test does not depend on what this machine has.
    const script = `
      const { tryDevice } = await import('${sourceUrl('runtime/tryDevice')}')
      const provider = { name: 'none', title: 'None', absence: () => undefined }
      const attempts = [['none'], [{ name: 'cuda' }], [{ name: 'cpu' }]]
      for (const executionProviders of attempts)
        console.log(await tryDevice({ ...provider, sessionOptions: () => ({ executionProviders }) }).then(() => 'opens', (e) => e.code + ' ' + e.message))`
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      ...sourceFlags,
      '--input-type=module',
      '--eval',
      script,
    ])
    assert.equal(stderr, '')
    const [none, noCuda, always] = stdout.trimEnd().split('\n')
    assert.match(
      none ?? '',
      /^NO_DEVICE device 'none' cannot be used: its provider did not open \(.*\)\. Choose device 'auto' or 'cpu'$/,
    )
    assert.match(
      noCuda ?? '',
      /^(opens|NO_DEVICE device 'none' cannot be used: its provider did not open \(.*\)\. Choose device)/,
    )
    assert.equal(always, 'opens')
  })

  it('tells of a driver that crashes or hangs as of one that does not open', async () => {
    const dying = (what: string): Provider => ({
      ...cuda,
      absence: () => undefined,
      sessionOptions: () => ({
        get executionProviders() {
          // What the process that tries it is started with.
          process.env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(what)}`
          return ['cpu']
        },
      }),
    })
    try {
      await assert.rejects(tryDevice(dying('process.kill(process.pid,"SIGSEGV")')), {
        code: 'NO_DEVICE',
        message:
          /^device 'cuda' cannot be used: its provider did not open \(trying it crashed: SIGSEGV\)\. Choose device 'auto' or 'cpu'$/,
      })
      await assert.rejects(tryDevice(dying('process.exit(7)')), { code: 'NO_DEVICE', message: /exit code 7/ })
      await assert.rejects(
        tryDevice(dying('setInterval(()=>{},1e6);await new Promise(()=>{})'), AbortSignal.timeout(500)),
        { code: 'ABORTED' },
      )
    } finally {
      delete process.env.NODE_OPTIONS
    }
  })

  it('tells what is wrong with a model, not with the CPU', async () => {
    await assert.rejects(Session.open(new Uint8Array([1, 2, 3]), 'cpu'), (error: { code?: string }) => {
      assert.notEqual(error.code, 'NO_DEVICE')
      return true
    })
  })

  it('of auto is the CPU, without trying another', async () => {
    assert.equal(automaticDevice, 'cpu')
    for (const device of ['auto', 'cpu', undefined] as const) {
      const pool = new Pool({ workers: 1, device })
      assert.equal(await pool.device(), 'cpu')
      assert.equal(await pool.run('job', async (worker) => (await worker.open(doubled, 'doubling')).device), 'cpu')
      await pool.close()
      await assert.rejects(
        pool.run('late', async () => {}),
        { code: 'ABORTED' },
      )
    }
  })

  it('that is not there refuses jobs before they start', async () => {
    if (cuda.absence() === undefined) return
    const pool = new Pool({ workers: 1, device: 'cuda' })
    await assert.rejects(pool.device(), { code: 'NO_DEVICE' })
    await assert.rejects(
      pool.run('job', () => assert.fail('it started')),
      { code: 'NO_DEVICE' },
    )
    await pool.close()
  })
})

describe('a graph that a device does not run', () => {
  it('is told of in the words of its innermost node, with the device and the way out', async () => {
    const nodes = ['Scan', 'MaxPool'].map(
      (node) => `Non-zero status code returned while running ${node} node. Name:'' Status Message: `,
    )
    let words = 'The Indices output is not supported yet'
    const handle = {
      ask: (_: unknown, { label }: { label: string }) =>
        Promise.reject(
          new ScoringBiasError('WORKER_FAILED', label, {
            cause: new GraphError(`${nodes.join('')}${words}.\n`),
          }),
        ),
    }
    const opening = (device: Device) =>
      RemoteSession.open(handle as unknown as WorkerHandle, doubled, device, 'run 3: training')
    await assert.rejects(opening('webgpu'), {
      code: 'WORKER_FAILED',
      message:
        "run 3: training: WebGPU does not run this graph (The Indices output is not supported yet). Choose device 'cpu'",
    })
    words = 'CUDA failure 2: out of memory'
    await assert.rejects(opening('cuda'), {
      message:
        'run 3: training: CUDA does not run this graph (its memory has no room left (CUDA failure 2: out of memory)). ' +
        "End what else uses that memory, or take fewer workers or smaller batches, or choose device 'cpu'",
    })
    await assert.rejects(opening('cpu'), { code: 'WORKER_FAILED', message: 'run 3: training' })
  })
})

describe('turns of a device that takes one thread at a time', () => {
  it('come one after the other, in the order in which they were taken', async () => {
    const seen: string[] = []
    await Promise.all(
      ['a', 'b', 'c'].map(async (who) => {
        const end = await takeTurn()
        seen.push(`${who} begins`)
        await new Promise(setImmediate)
        seen.push(`${who} ends`)
        end()
      }),
    )
    assert.deepEqual(
      seen,
      ['a', 'b', 'c'].flatMap((who) => [`${who} begins`, `${who} ends`]),
    )
  })

  it('keep two workers apart, and end with the worker that has one', async () => {
    const label = 'test'
    const [one, two] = [new WorkerHandle(), new WorkerHandle()]
    const ask = (handle: WorkerHandle, request: Parameters<WorkerHandle['ask']>[0]) =>
      handle.ask(request, { label, transfer: [], alone: true })
    const order: string[] = []
    await Promise.all(
      [one, two].map((handle) => ask(handle, { kind: 'open', session: 1, model: slowModel(), device: 'cpu' })),
    )
    const long = ask(one, { kind: 'run', session: 1, feeds: slowInputs(300) }).then(() => order.push('long'))
    const short = ask(two, { kind: 'run', session: 1, feeds: slowInputs(1) }).then(() => order.push('short'))
    await Promise.all([long, short])
    assert.deepEqual(order, ['long', 'short'])
    const stopped = ask(one, { kind: 'run', session: 1, feeds: slowInputs(300) }).catch(({ message }) => message)
    const after = ask(two, { kind: 'run', session: 1, feeds: slowInputs(1) })
    await one.stop(new Error('enough'))
    assert.equal(await stopped, 'enough')
    await after
    await two.stop(new Error('done'))
  })

  it('are not for the threads of others', async () => {
    const script = `
      const { Worker, isMainThread } = await import('node:worker_threads')
      const { Pool } = await import('${sourceUrl('runtime/pool')}')
      const pool = new Pool({ device: 'webgpu', workers: 3 })
      await pool.device().catch((error) => console.log(error.code, error.message, pool.workers))`
    const thread = `
      import { Worker } from 'node:worker_threads'
      new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(script)})))`
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...sourceFlags,
      '--input-type=module',
      '--eval',
      thread,
    ])
    assert.match(
      stdout,
      /^NO_DEVICE device 'webgpu' cannot be used: ONNX Runtime crashes where two threads use it, and this is not the main thread\. Call from the main thread, or choose device 'auto' or 'cpu' 1\n$/,
    )
  })
})

describe('the table of providers', () => {
  const opened: string[] = []
  const dummy: Provider = {
    name: 'dummy',
    title: 'Dummy',
    absence: () => undefined,
    sessionOptions: () => {
      opened.push('dummy')
      return { executionProviders: ['cpu'] }
    },
  }
  const table = [...providers, dummy]

  it('is all that a device is added to: it runs when asked for', async () => {
    const session = await Session.open(doubled, 'dummy', table)
    assert.equal(session.device, 'dummy')
    assert.deepEqual(Array.from(outputOf(await session.run(three()), 'y').data, Number), [2, 4, 6])
    await session.release()
    assert.deepEqual(opened, ['dummy'])
    await tryDevice(dummy)
    const absent = [...providers, { ...dummy, absence: () => ({ why: 'it is sold out', way: 'Buy one' }) }]
    await assert.rejects(Session.open(doubled, 'dummy', absent), { code: 'NO_DEVICE', message: /Buy one, or choose/ })
    await assert.rejects(Session.open(doubled, 'dummy'), { code: 'UNKNOWN_NAME', message: /known: cpu, cuda, webgpu/ })
  })

  it('has the names and titles of devices', () => {
    assert.deepEqual(deviceRequests, ['auto', 'cpu', 'cuda', 'webgpu'])
    assert.deepEqual(devices.map(deviceTitle), ['CPU', 'CUDA', 'WebGPU'])
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
        message: new RegExp(
          `^store\\.duckdb names the device ${shown}, which .* does not know \\(cpu, cuda, webgpu\\)`,
        ),
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
