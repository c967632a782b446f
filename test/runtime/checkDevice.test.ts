import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
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
    assert.match(unknown.stderr, /^error: .*tpu.*known: cpu, cuda, webgpu\n$/)
  })
})
