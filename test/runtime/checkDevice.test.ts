import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { disagreements } from '../../scripts/checkDevice/agreement.js'
import { blankBorders } from '../../scripts/checkDevice/graphs.js'
import { misplaced } from '../../scripts/checkDevice/placement.js'
import { type Outcome, partsWithin, verdictOf } from '../../scripts/checkDevice/report.js'
import { isTooLarge, type Speed, speedsOf, stepsOf } from '../../scripts/checkDevice/speed.js'
import { addOutcome, isFloat32, readAgreement, tf32 } from '../../scripts/checkDevice/tf32.js'
import { ScoringBiasError } from '../../src/errors.js'
import { modelPlans } from '../../src/models/modelPlan.js'
import { softwareVulkan } from './softwareVulkan.js'

// Every exported graph, two studies and all else that `npm run check:device -- --quick` has, on the CPU and on WebGPU.

const folder = mkdtempSync(join(tmpdir(), 'check-device-'))
after(() => rmSync(folder, { recursive: true }))

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Report {
  readonly device: string
  readonly agreement: readonly {
    readonly graph: string
    readonly differences: Readonly<Record<string, number>>
    readonly agrees: boolean
    readonly repeats?: boolean
  }[]
  readonly placement: readonly { readonly graph: string; readonly nodes: Readonly<Record<string, number>> }[]
  readonly speed: readonly { readonly device: string; readonly stepMs: number }[]
  readonly together: readonly { readonly inTurns: boolean }[]
  readonly studies: readonly { readonly cpu: readonly string[]; readonly device: readonly string[] }[]
  readonly left: readonly string[]
  readonly failures: readonly string[]
}

function checkDevice(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const script = ['--import', './test/loadTypescript.mjs', 'scripts/checkDevice.ts', ...args]
  return spawnSync(process.execPath, script, { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8' })
}

function reportOf(device: string, env?: Readonly<Record<string, string>>): Report {
  const path = join(folder, `${device}.json`)
  const { status, stdout, stderr } = checkDevice(['--device', device, '--quick', '--json', path], env)
  assert.equal(status, 0, `${stderr}\n${stdout}`)
  // What drivers say of themselves is not for whoever asks for a table.
  assert.equal(stderr, '')
  assert.match(stdout, /all as it should be/)
  return JSON.parse(readFileSync(path, 'utf8'))
}

function requireAllGraphs({ agreement }: Report): void {
  const checked = new Set(agreement.map(({ graph }) => graph))
  for (const { name } of modelPlans()) assert.ok(checked.has(name), `${name} was checked`)
  for (const { graph, agrees } of agreement) assert.ok(agrees, graph)
}

describe('npm run check:device', () => {
  it('finds the CPU to agree with itself to the bit', () => {
    const report = reportOf('cpu')
    requireAllGraphs(report)
    for (const { graph, differences, repeats } of report.agreement) {
      assert.deepEqual([...new Set(Object.values(differences))], [0], graph)
      assert.notEqual(repeats, false, graph)
    }
    for (const { nodes } of report.placement) assert.deepEqual(Object.keys(nodes), ['CPUExecutionProvider'])
    assert.deepEqual(report.left, [])
  })

  it('finds WebGPU to agree with the CPU on every graph, and to draw the same arrows', (t) => {
    const env = softwareVulkan()
    if (env === undefined) {
      assert.ok(!process.env.REQUIRE_WEBGPU, "Chromium's software Vulkan is not installed (Debian: chromium)")
      t.skip("needs Chromium's software Vulkan (Debian: chromium)")
      return
    }
    const report = reportOf('webgpu', env)
    requireAllGraphs(report)
    // Not the CPU under another name: other bits, and nodes on the device.
    assert.ok(report.agreement.some(({ differences }) => Object.values(differences).some((each) => each > 0)))
    for (const { graph, nodes } of report.placement)
      assert.ok((nodes.WebGpuExecutionProvider ?? 0) > (nodes.CPUExecutionProvider ?? 0), graph)
    // Graphs that train are given their samples, too; and what is run again gives the same bits.
    assert.ok(report.agreement.some(({ graph }) => graph.endsWith(', gathered')))
    const repeated = report.agreement.filter(({ repeats }) => repeats !== undefined)
    assert.ok(repeated.length > 0 && repeated.every(({ repeats }) => repeats))
    assert.deepEqual(
      report.together.map(({ inTurns }) => inTurns),
      [true],
    )
    const [statlog] = report.studies
    assert.deepEqual(statlog?.device, statlog?.cpu)
    assert.ok(
      statlog?.cpu.some((arrow) => arrow.endsWith(': up')) && statlog.cpu.some((arrow) => arrow.endsWith(': down')),
    )
    assert.deepEqual(report.left, [])
  })

  it('refuses a device that is not there, or that it does not know, in one sentence', () => {
    // No driver is found in an empty folder.
    const none = checkDevice(['--device', 'webgpu'], {
      VK_ICD_FILENAMES: join(folder, 'none.json'),
      LD_LIBRARY_PATH: folder,
    })
    assert.equal(none.status, 1)
    assert.equal(none.stdout, '')
    assert.match(
      none.stderr,
      /^error: device 'webgpu' cannot be used: no GPU was found through Vulkan, .*\. Install the GPU's driver .*, or choose device 'auto' or 'cpu'\n$/,
    )
    const unknown = checkDevice(['--device', 'tpu'])
    assert.equal(unknown.status, 2)
    assert.match(unknown.stderr, /^error: .*tpu.*known: cpu, cuda, webgpu\n\nnpm run check:device -- /)
  })

  it('says how it is called where it is called in another way, and where it is asked', () => {
    const wrong = checkDevice(['--devise', 'cpu'])
    assert.deepEqual([wrong.status, wrong.stdout], [2, ''])
    assert.match(wrong.stderr, /^error: Unknown option '--devise'.*\n\nnpm run check:device -- /)
    const help = checkDevice(['--help'])
    assert.deepEqual([help.status, help.stderr], [0, ''])
    assert.match(help.stdout, /--seconds N .*Exit codes: 0 .*, 3 /s)
  })

  it('does not call that right which it had no time to look at', () => {
    const { status, stdout, stderr } = checkDevice(['--device', 'cpu', '--quick', '--seconds', '0'])
    assert.equal(status, 3, stderr)
    for (const part of ['agreement on mlp', 'study statlog .*', 'placement of mlp/deep-sad.train', 'two workers'])
      assert.match(stdout, new RegExp(`^not run: ${part}: 0 s were over$`, 'm'))
    assert.match(stdout, /^nothing was wrong, but not all was run, \d+ s$/m)
  })
})

function outcome(): Outcome {
  return { left: [], beyond: [], failures: [] }
}

describe('the verdict on a device', () => {
  it('is decided by what was wrong, then by what was left out, and not by what the machine lacks', () => {
    assert.equal(verdictOf({ left: [], failures: [] }).exitCode, 0)
    assert.equal(verdictOf({ left: ['studies'], failures: [] }).exitCode, 3)
    assert.equal(verdictOf({ left: ['studies'], failures: ['agreement'] }).exitCode, 1)
  })

  it('tells missing files from failures, and goes on after both', async () => {
    const found = outcome()
    const part = partsWithin(Number.POSITIVE_INFINITY, found)
    await part('a study', () => {
      throw new ScoringBiasError('NO_DATA', 'no files')
    })
    await part('a graph', () => Promise.reject(new Error('no kernel')))
    await partsWithin(0, found)('another', () => assert.fail('time is up'))
    assert.deepEqual(found, {
      beyond: ['a study: no files'],
      failures: ['a graph: no kernel'],
      left: ['another: 0 s were over'],
    })
  })

  it('is against a device whose nodes the CPU runs', () => {
    const place = (nodes: Record<string, number>) => ({ graph: 'g', nodes, copies: 0, onCpu: [] })
    const onCpu = place({ CPUExecutionProvider: 9 })
    assert.deepEqual(misplaced(onCpu, 'cpu'), [])
    assert.equal(misplaced(onCpu, 'cuda').length, 1)
    assert.equal(misplaced(place({ CPUExecutionProvider: 5, CUDAExecutionProvider: 4 }), 'cuda').length, 1)
    assert.deepEqual(misplaced(place({ CPUExecutionProvider: 4, CUDAExecutionProvider: 5 }), 'cuda'), [])
  })

  it('takes all that a process for another TF32 found, differences that are no numbers among it', () => {
    const report = {
      ...{ left: ['lstm'], beyond: [], failures: ['mlp: no kernel'] },
      agreement: [{ graph: 'g', differences: { losses: Number.NaN }, agrees: false, repeats: undefined }],
    }
    const read = readAgreement(JSON.stringify(report))
    const found = outcome()
    addOutcome(found, read, 'with TF32')
    assert.deepEqual(found, { left: ['with TF32: lstm'], beyond: [], failures: ['with TF32: mlp: no kernel'] })
    assert.deepEqual(disagreements(read.agreement, false), ['g does not agree with the CPU'])
    const apart = [{ graph: 'g', differences: { losses: 1e-3 }, agrees: false, repeats: undefined }]
    assert.deepEqual([disagreements(apart, false).length, disagreements(apart, true).length], [0, 1])
  })

  it('asks tolerances of CUDA only where TF32 is off', () => {
    assert.deepEqual(
      [{}, { [tf32]: '1' }, { [tf32]: '0' }].map((env) => isFloat32('cuda', env)),
      [false, false, true],
    )
    assert.ok(isFloat32('webgpu', {}))
  })
})

describe('the speed of a device', () => {
  const row = { graph: 'g', device: 'cuda', steps: 1, gpuMiB: undefined } as const
  /** Of replicas that fit, those up to a number of which are fast. */
  const measure = (fast: number, fits: number) => async (replicas: number) => ({
    ...{ ...row, replicas },
    firstMs: replicas > fits ? undefined : replicas > fast ? 25_000 : 10,
    stepMs: replicas > Math.min(fast, fits) ? undefined : 1,
  })

  async function tried(fast: number, fits: number) {
    const rows: Speed[] = []
    const notTried = await speedsOf([1, 4, 16, 64], measure(fast, fits), (one) => void rows.push(one))
    return { replicas: rows.map((one) => one.replicas), notTried }
  }

  it('names the replicas that were not tried, and why', async () => {
    assert.deepEqual(await tried(64, 64), { replicas: [1, 4, 16, 64], notTried: [] })
    assert.deepEqual(await tried(64, 4), {
      replicas: [1, 4, 16],
      notTried: ['16 replicas do not fit into memory; 64 replicas were not tried'],
    })
    assert.deepEqual(await tried(1, 64), {
      replicas: [1, 4],
      notTried: [
        'the first call of 4 replicas took 25 s, and later ones were not timed; 16, 64 replicas were not tried',
      ],
    })
    await assert.rejects(tried(64, 0), /smallest number of replicas does not fit/)
  })

  it('knows a graph without memory by what is said of it', () => {
    const said = [
      'CUDA failure 2: out of memory',
      'Failed to allocate memory for requested buffer of size 1073741824',
      'Array buffer allocation failed',
      'Buffer size (4294967296) exceeds the max buffer size limit (268435456)',
      'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED',
    ]
    for (const each of said) assert.ok(isTooLarge(new Error(each)), each)
    assert.ok(
      !isTooLarge(new Error('opened at first, but not here: take fewer workers, which need less of its memory')),
    )
  })

  it('is that of calls as long as the product makes them', () => {
    const workload = { name: 'lenet/ae.train', replicas: [], batch: 128, steps: 4 }
    assert.equal(stepsOf(workload, 1, 'webgpu'), 4)
    // 1,024 replicas of 128 images take 392 MiB a step: one is given at a time.
    assert.equal(stepsOf(workload, 1024, 'webgpu'), 1)
    assert.equal(stepsOf(workload, 1024, 'cpu'), 4)
  })
})

it('images have borders of one value, as real ones do', () => {
  const data = new Float32Array(2 * 28 * 28).fill(1)
  blankBorders({ dtype: 'float32', data, dims: [2, 1, 28, 28] })
  assert.equal(data.filter((each) => each === 1).length, 2 * 16 * 16)
  for (const [i, pixel] of [0, 27, 28 * 27 + 14, 28 * 28 + 5].entries()) assert.equal(data[pixel], 0, `${i}`)
})
