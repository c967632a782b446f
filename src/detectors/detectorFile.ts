import { at } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { DType } from '../graph/tensor.js'
import { operators } from '../onnx/emitter.js'
import { inspectModel, type ModelFacts } from '../onnx/inspectModel.js'
import { dataTypes } from '../onnx/messages.js'
import type { onnx } from '../onnx/proto/onnx.js'
import { type DetectorMetadata, decodeMetadata } from './detectorMetadata.js'

/**
 * Reads what a saved detector says of itself, and requires that its graph is one that this package writes: it takes `x`, gives
 * `score` and `flagged`, has all its weights inside, and is made of the operators that training emits.
 *
 * @param model the file's bytes
 * @param name what messages call it
 *
 * Errors: `BAD_FILE`. That the graph runs is not known by this, nor for how long.
 */
export function readDetectorFile(model: Uint8Array, name: string): DetectorMetadata {
  if (model.length === 0) throw new ScoringBiasError('BAD_FILE', `${name} is empty. Give a file that train wrote`)
  const facts = inspectModel(model, name)
  const metadata = decodeMetadata(facts.metadata, name)
  const emitted: ReadonlySet<string> = new Set(operators)
  const foreign = [...facts.operators].find((operator) => !emitted.has(operator))
  if (foreign !== undefined)
    throw badFile(name, `uses the operator '${foreign}', which no detector of this package does`)
  requireValues(name, facts, metadata)
  return metadata
}

function requireValues(name: string, { inputs, outputs }: ModelFacts, { sample }: DetectorMetadata): void {
  const values = (found: readonly onnx.ValueInfoProto[]) => found.map(shown).toSorted().join(', ')
  const batch = (...sizes: readonly (number | string)[]) => ['N', ...sizes].join(', ')
  const wanted = [`x: float32 [${batch(...sample)}]`, `flagged: bool [${batch()}], score: float32 [${batch()}]`]
  const found = [values(inputs), values(outputs)]
  for (const [i, kind] of ['take', 'give'].entries()) {
    if (at(found, i) === at(wanted, i)) continue
    throw badFile(name, `must ${kind} ${at(wanted, i)}, but its graph has ${at(found, i) || 'nothing'}`)
  }
}

/** A value of a graph with its type; a size that is not fixed is N, whatever its name. */
function shown({ name, type }: onnx.ValueInfoProto): string {
  const tensor = type?.tensorType
  const dtype = (Object.keys(dataTypes) as DType[]).find((known) => dataTypes[known] === tensor?.elemType)
  if (tensor?.shape == null) return `${name}: ${dtype ?? 'another type'}, of any shape`
  // A 64-bit integer, which may be an object.
  const sizes = tensor.shape.dim?.map(({ dimValue }) => String(dimValue ?? 0).replace(/^0$/, 'N'))
  return `${name}: ${dtype ?? 'another type'} [${sizes?.join(', ')}]`
}

function badFile(name: string, what: string): ScoringBiasError {
  return new ScoringBiasError('BAD_FILE', `${name} ${what}`)
}
