import { parameterCount } from '../nn/parameters.js'
import type { JobWorker } from '../runtime/pool.js'
import { type DetectorDesign, type DetectorGraph, detectorGraph } from './detectorGraph.js'
import type { Objective } from './objectives/objective.js'

type Network = DetectorDesign['network']

/** By the objects that they are of, which do not change, and then by all else that decides them. */
const graphs = new WeakMap<object, WeakMap<Network, WeakMap<Objective, Map<string, DetectorGraph>>>>()
const models = new WeakMap<DetectorGraph, Map<string, Uint8Array>>()

/**
 * The graph of a design, as `detectorGraph` makes it: once for all jobs of a pool, of which many are of one detector.
 * Errors: those of `detectorGraph`.
 */
export function graphOf({ threads }: JobWorker, design: DetectorDesign): DetectorGraph {
  const { objective, network, ...rest } = design
  const ofThreads = entry(graphs, threads, () => new WeakMap())
  const ofNetwork = entry(ofThreads, network, () => new WeakMap())
  const ofObjective = entry(ofNetwork, objective, () => new Map())
  return entry(ofObjective, JSON.stringify(rest), () => detectorGraph(design))
}

/**
 * A model made from a graph, once for all who have that graph.
 *
 * @param name what it is, with all that decides its bytes beside the graph
 */
export function modelOf(graph: DetectorGraph, name: readonly unknown[], make: () => Uint8Array): Uint8Array {
  const ofGraph = entry(models, graph, () => new Map())
  return entry(ofGraph, JSON.stringify(name), make)
}

function entry<K, V>(map: { get(key: K): V | undefined; set(key: K, value: V): unknown }, key: K, make: () => V): V {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}

/**
 * Bytes that a session works with, about, once it has run with so many samples at a time: their activations, and parameters. Those of
 * large networks are not worth keeping between trainings: theirs last long.
 */
export function workingBytes({ declaration }: DetectorGraph, nReplicas: number, nSamples: number): number {
  return 4 * nReplicas * (nSamples * declaration.activations + parameterCount(declaration))
}
