import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelPlans } from '../../src/models/modelPlan.js'
import type { Device } from '../../src/runtime/device.js'
import { providerOf } from '../../src/runtime/providers.js'
import { onnxruntimeFile } from '../../src/version.js'
import { trainedRun } from './graphs.js'
import type { DoPart } from './report.js'

/** Where ONNX Runtime places the nodes of a graph, loops and their bodies together. */
export interface Placement {
  readonly graph: string
  /** Nodes by execution provider. */
  readonly nodes: Readonly<Record<string, number>>
  /** Copies between processor and device. */
  readonly copies: number
  /** Operators that run on the CPU. */
  readonly onCpu: readonly string[]
}

const graphs = ['mlp/deep-sad.train', 'mlp/deep-sad.score', 'lenet/ae.train', 'lstm/ae.train']

/** Of a graph of each kind, each a part of its own. */
export async function placements(device: Device, part: DoPart, onGraph: (one: Placement) => void): Promise<void> {
  for (const plan of modelPlans().filter(({ name }) => graphs.includes(name)))
    await part(`placement of ${plan.name}`, () => {
      const { model } = trainedRun(plan, { N: 8, S: 1, R: 1, B: 4 }, device)
      onGraph(placementOf(plan.name, model, device))
    })
}

/** What speaks against a place: on a device that is not the CPU, most nodes are on the CPU. A session gets no third provider. */
export function misplaced({ graph, nodes }: Placement, device: Device): string[] {
  const { CPUExecutionProvider: onCpu = 0, ...others } = nodes
  const onDevice = Object.values(others).reduce((sum, each) => sum + each, 0)
  if (device === 'cpu' || (onDevice > 0 && onDevice >= onCpu)) return []
  return [`${graph} runs on the CPU: ${onDevice} of its nodes are on ${device}, ${onCpu} on the CPU`]
}

/** Only the log of ONNX Runtime has them, in a process of its own. Throws what it printed where it says nothing of nodes. */
function placementOf(graph: string, model: Uint8Array, device: Device): Placement {
  const folder = mkdtempSync(join(tmpdir(), 'placement-'))
  try {
    const file = join(folder, 'model.onnx')
    writeFileSync(file, model)
    const options = { ...providerOf(device).sessionOptions(), logSeverityLevel: 0, logVerbosityLevel: 0 }
    const program =
      'const [entry, model, options] = process.argv.slice(1)\n' +
      'await (await import(entry)).default.InferenceSession.create(model, JSON.parse(options))'
    const args = ['--input-type=module', '--eval', program, onnxruntimeFile(), file, JSON.stringify(options)]
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
    const placement = readPlacement(graph, `${stdout}\n${stderr}`)
    if (Object.keys(placement.nodes).length === 0)
      throw new Error(`ONNX Runtime says no node's place: ${stderr.slice(-1000)}`)
    return placement
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Reads a verbose log of ONNX Runtime. */
export function readPlacement(graph: string, log: string): Placement {
  const nodes: Record<string, number> = {}
  const onCpu = new Set<string>()
  let copies = 0
  let provider = ''
  for (const line of log.split('\n')) {
    const [, place, count] = /odes?(?:\(s\))? placed on \[(\w+)\]\. Number of nodes: (\d+)/.exec(line) ?? []
    if (place !== undefined) {
      provider = place
      nodes[provider] = (nodes[provider] ?? 0) + Number(count)
      continue
    }
    const [, operator] = /VerifyEachNodeIsAssignedToAnEp\]\s+(\w+) \(/.exec(line) ?? []
    if (operator === undefined) continue
    if (operator.startsWith('Memcpy')) copies++
    else if (provider === 'CPUExecutionProvider') onCpu.add(operator)
  }
  return { graph, nodes, copies, onCpu: [...onCpu].sort() }
}
