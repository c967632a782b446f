import { at, invariant } from '../../src/check.js'
import { isGathered } from '../../src/detectors/workerSamples.js'
import { type ModelPlan, modelPlans } from '../../src/models/modelPlan.js'
import type { Device } from '../../src/runtime/device.js'
import { type JobWorker, Pool } from '../../src/runtime/pool.js'
import { outputOf, type Values } from '../../src/runtime/value.js'
import { exportedRun, type GraphRun, gatheredRun, type Sizes, trains } from './graphs.js'
import type { DoPart } from './report.js'

/**
 * What the outputs of one graph on two devices may differ by: the largest difference as a share of the largest value. Of
 * parameters, which Adam moves by the signs of tiny gradients, the root mean square of the differences as a share of that of the steps
 * taken.
 */
export const tolerances: Readonly<Record<string, number>> = {
  losses: 1e-5,
  score: 1e-5,
  code: 1e-5,
  nextStatistics: 1e-5,
  nextM: 5e-4,
  nextV: 1e-3,
  nextParameters: 0.05,
}

/** A graph on the device beside the CPU. */
export interface Agreement {
  readonly graph: string
  /** By outputs. */
  readonly differences: Readonly<Record<string, number>>
  readonly agrees: boolean
  /** Whether a second session on the device gave the same bits; undefined where there was none. */
  readonly repeats: boolean | undefined
}

export interface AgreementOptions {
  readonly sizes: Sizes
  /** Samples of networks, where other than the published ones. */
  readonly samples: Readonly<Record<string, readonly number[]>>
  readonly networks: readonly string[]
  /** Networks whose graphs are run again, and those also as the device trains them. */
  readonly twice: readonly string[]
}

/**
 * Every graph of every detector on the networks: exported, and as the device trains it where that is another one. Each graph is a part: one
 * that fails does not keep the others from being compared.
 */
export async function agreements(
  device: Device,
  { sizes, samples, networks, twice }: AgreementOptions,
  { part, onGraph }: { readonly part: DoPart; readonly onGraph: (one: Agreement) => void },
): Promise<void> {
  const plans = networks.flatMap((name) => modelPlans({ networks: [name], sample: samples[name] }))
  const pools = [new Pool({ workers: 1, device: 'cpu' }), new Pool({ workers: 1, device })] as const
  const run = (pool: Pool, given: GraphRun) => pool.run('agreement', (worker) => outputsOf(worker, given))
  try {
    for (const plan of plans) {
      const isTwice = twice.some((name) => plan.name.startsWith(`${name}/`))
      const exported = once(() => exportedRun(plan, sizes))
      const expected = once(() => run(pools[0], exported()))
      for (const { graph, make } of isTwice ? graphsOf(plan, exported, device) : [{ graph: plan.name, make: exported }])
        await part(`agreement of ${graph}`, async () => {
          const given = make()
          const found = await run(pools[1], given)
          const repeats = isTwice ? sameBits(found, await run(pools[1], given)) : undefined
          onGraph({ graph, ...compared(found, await expected(), exported().feeds), repeats })
        })
    }
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
  }
}

/** A thing that is made where it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

interface NamedRun {
  readonly graph: string
  readonly make: () => GraphRun
}

function graphsOf(plan: ModelPlan, exported: () => GraphRun, device: Device): NamedRun[] {
  const own = trains(plan) && isGathered(device)
  return [
    { graph: plan.name, make: exported },
    ...(own ? [{ graph: `${plan.name}, gathered`, make: () => gatheredRun(plan, exported()) }] : []),
  ]
}

/** What speaks against graphs: of float32 products a difference above its tolerance, of all others one that is no number. */
export function disagreements(rows: readonly Agreement[], isFloat32: boolean): string[] {
  return rows
    .filter(({ agrees, differences }) => !(isFloat32 ? agrees : Object.values(differences).every(Number.isFinite)))
    .map(({ graph }) => `${graph} does not agree with the CPU`)
}

async function outputsOf(worker: JobWorker, { model, feeds }: GraphRun): Promise<Values> {
  const session = await worker.open(model, 'opening a graph')
  const outputs = await session.run({}, feeds)
  await worker.release(session)
  return outputs
}

function compared(found: Values, expected: Values, feeds: Values): Pick<Agreement, 'differences' | 'agrees'> {
  const differences = Object.fromEntries(
    Object.keys(expected).map((name) => {
      const [ours, theirs] = [numbersOf(found, name), numbersOf(expected, name)]
      if (name !== 'nextParameters') return [name, largest(differencesOf(ours, theirs)) / largest(theirs)]
      return [name, norm(differencesOf(ours, theirs)) / norm(differencesOf(theirs, numbersOf(feeds, 'parameters')))]
    }),
  )
  const agrees = Object.entries(differences).every(([name, difference]) => {
    const tolerance = tolerances[name]
    invariant(tolerance !== undefined, `the output ${name} has a tolerance`)
    return difference <= tolerance
  })
  return { differences, agrees }
}

function numbersOf(values: Values, name: string): Float64Array {
  return Float64Array.from(outputOf(values, name).data, Number)
}

function differencesOf(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((each, i) => each - at(b, i))
}

function largest(values: Float64Array): number {
  return values.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, each) => sum + each * each, 0))
}

function sameBits(a: Values, b: Values): boolean {
  return Object.keys(a).every((name) => {
    const [one, other] = [outputOf(a, name).data, outputOf(b, name).data]
    return one.length === other.length && numbersOf(a, name).every((each, i) => Object.is(each, Number(other[i])))
  })
}
