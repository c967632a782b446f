import { gather, input, reshape } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { activationBudget, frameOf, unpackParameters, unpackStatistics } from '../nn/parameters.js'
import { encodeModel } from '../onnx/encode.js'
import type { DetectorGraph } from './detectorGraph.js'

/**
 * The ONNX model that scores rows of a pool with R trained replicas, batch norm in evaluation mode.
 *
 * Inputs: `x` [N, …sample], `rows` int32 [R, B], `parameters` [R, P], `statistics` [R, Q], `centre` [R, code] for a
 * hypersphere about a pretrained centre. Output: `score` [R, B], the detector's distance: larger is more anomalous.
 */
export function scoringModel(graph: DetectorGraph): Uint8Array {
  const { inputs, outputs } = scoringGraph(graph)
  return encodeModel(`score ${name(graph)}`, inputs, outputs)
}

export function scoringGraph(graph: DetectorGraph) {
  const { rows, batch, frame } = evaluation(graph)
  const score = reshape(graph.distance(batch, frame), ['R', 'B'])
  const inputs = [graph.x, rows, ...stateOf(graph), ...(graph.centre === undefined ? [] : [graph.centre])]
  return { inputs, outputs: { score } }
}

/** The ONNX model that encodes rows of a pool: inputs as for `scoringModel` without the centre, output `code` [R, B, code]. */
export function encodingModel(graph: DetectorGraph): Uint8Array {
  const { inputs, outputs } = encodingGraph(graph)
  return encodeModel(`encode ${name(graph)}`, inputs, outputs)
}

export function encodingGraph(graph: DetectorGraph) {
  const { rows, batch, frame } = evaluation(graph)
  return { inputs: [graph.x, rows, ...stateOf(graph)], outputs: { code: graph.encode(batch, frame) } }
}

/** Rows of a pool as a batch, with weights as inputs and batch norm in evaluation mode. */
export function evaluation(graph: DetectorGraph) {
  const rows = input('rows', 'int32', ['R', 'B'])
  const parameters = unpackParameters(graph.parameters, graph.declaration)
  const statistics = graph.statistics === undefined ? new Map() : unpackStatistics(graph.statistics, graph.declaration)
  return { rows, batch: gather(graph.x, rows), frame: frameOf('evaluate', parameters, statistics) }
}

/** Parameters and running statistics, as inputs. */
export function stateOf(graph: DetectorGraph): Tensor[] {
  return [graph.parameters, ...(graph.statistics === undefined ? [] : [graph.statistics])]
}

function name({ design }: DetectorGraph): string {
  return `${design.objective.name} ${design.network.name}`
}

/**
 * Ranges of rows: at most 1,024, fewer where one replica's activations would exceed `activationBudget`. The number of
 * replicas has no say, so that it cannot change a bit.
 */
export function* rowBlocks(graph: DetectorGraph, nRows: number): Generator<[number, number]> {
  const most = mostRows(graph, nRows)
  for (let from = 0; from < nRows; from += most) yield [from, Math.min(nRows, from + most)]
}

/** Rows of the largest of these ranges. */
export function mostRows({ declaration }: DetectorGraph, nRows: number): number {
  const affordable = Math.floor(activationBudget / (4 * declaration.activations))
  return Math.min(nRows, Math.max(16, Math.min(1024, affordable)))
}
