import { Reader } from 'protobufjs/minimal.js'
import { ScoringBiasError } from '../errors.js'
import { onnx } from './proto/onnx.js'

/** What a model says of itself, before anything of it runs. */
export interface ModelFacts {
  /** In their order; of one key there may be several. */
  readonly metadata: (readonly [key: string, value: string])[]
  readonly inputs: onnx.ValueInfoProto[]
  readonly outputs: onnx.ValueInfoProto[]
  /** Of the graph and of all graphs in it. */
  readonly operators: Set<string>
}

type Part = 'model' | 'opset' | 'graph' | 'node' | 'attribute' | 'tensor'
type Leaf = 'metadata' | 'input' | 'output' | 'operator' | 'domain'

/** Fields that hold parts, or what is read here, by their numbers in onnx.proto of the standard. */
const read: Readonly<Record<Part, Readonly<Record<number, Part | Leaf>>>> = {
  model: { 7: 'graph', 8: 'opset', 14: 'metadata' },
  opset: { 1: 'domain' },
  graph: { 1: 'node', 5: 'tensor', 11: 'input', 12: 'output' },
  node: { 4: 'operator', 5: 'attribute', 7: 'domain' },
  attribute: { 5: 'tensor', 6: 'graph' },
  tensor: {},
}

/** Fields of plain values. All others (functions, training, sparse tensors, whatever is to come) are refused. */
const plain: Readonly<Record<Part, readonly number[]>> = {
  model: [1, 2, 3, 4, 5, 6],
  opset: [2],
  graph: [2, 10, 13],
  node: [1, 2, 3, 6],
  attribute: [1, 2, 3, 4, 7, 8, 9, 13, 20],
  tensor: [1, 2, 4, 5, 7, 8, 9, 10, 11, 12],
}

/** `external_data` and `data_location` of a tensor: where else its elements are. */
const elsewhere = [13, 14]

/** Each takes memory and time, here and in ONNX Runtime, however few its bytes. A layer has about a hundred. */
const maxFields = 20_000
/** A graph in an attribute of a node of a graph. */
const maxDepth = 8
/** A type of a few sizes. */
const maxTypeBytes = 1 << 16

/**
 * Reads what a model (ModelProto bytes) is, in memory that its size bounds, and refuses what reaches outside it: elements in other
 * files, operators of domains other than the standard's, and fields that this package does not write.
 *
 * @param name what messages call the model
 *
 * Errors: `BAD_FILE`.
 */
export function inspectModel(model: Uint8Array, name: string): ModelFacts {
  const facts: ModelFacts = { metadata: [], inputs: [], outputs: [], operators: new Set() }
  try {
    new Inspector(facts).part('model', model, 0)
    return facts
  } catch (cause) {
    const reason = cause instanceof ScoringBiasError ? cause.message : 'is not an ONNX model, or damaged'
    throw new ScoringBiasError('BAD_FILE', `${name} ${reason}`, { cause })
  }
}

class Inspector {
  readonly #facts: ModelFacts
  #fields = 0

  constructor(facts: ModelFacts) {
    this.#facts = facts
  }

  part(part: Part, bytes: Uint8Array, depth: number): void {
    if (depth > maxDepth) throw refused(`has graphs in graphs, more than ${maxDepth} deep`)
    const reader = Reader.create(bytes)
    while (reader.pos < reader.len) {
      if (++this.#fields > maxFields) throw refused(`has more than ${maxFields} parts`)
      const tag = reader.uint32()
      const [field, wire] = [tag >>> 3, tag & 7]
      const kind = read[part][field]
      if (kind !== undefined && wire === 2) this.#visit(kind, reader.bytes(), depth)
      else if (kind === undefined && plain[part].includes(field) && wire !== 3) reader.skipType(wire)
      else if (part === 'tensor' && elsewhere.includes(field)) this.#inFile(field, wire, reader)
      else
        throw refused(
          `is not an ONNX model as this package writes them: field ${field} of ${part === 'opset' || part === 'attribute' ? 'an' : 'a'} ${part}`,
        )
    }
  }

  #inFile(field: number, wire: number, reader: Reader): void {
    // A `data_location` of 0 is here.
    if (field === 14 && wire === 0 && reader.uint32() === 0) return
    throw refused('has weights in another file (external data), which is never read. Save it with its weights inside')
  }

  #visit(kind: Part | Leaf, bytes: Uint8Array, depth: number): void {
    const { metadata, inputs, outputs, operators } = this.#facts
    switch (kind) {
      case 'metadata': {
        const { key, value } = onnx.StringStringEntryProto.decode(bytes)
        metadata.push([key, value])
        return
      }
      case 'input':
      case 'output': {
        // Those of a graph inside another one are its own affair.
        if (depth > 1) return
        if (bytes.length > maxTypeBytes) throw refused(`has an ${kind} whose type takes ${bytes.length} bytes`)
        const values = kind === 'input' ? inputs : outputs
        values.push(onnx.ValueInfoProto.decode(bytes))
        return
      }
      case 'operator':
        operators.add(text(bytes))
        return
      case 'domain':
        if (!['', 'ai.onnx'].includes(text(bytes))) throw refused(`uses operators of the domain '${text(bytes)}'`)
        return
      default:
        this.part(kind, bytes, kind === 'graph' ? depth + 1 : depth)
    }
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 200))
}

function refused(what: string): ScoringBiasError {
  return new ScoringBiasError('BAD_FILE', what)
}
