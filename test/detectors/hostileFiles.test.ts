import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { type DetectorMetadata, encodeMetadata } from '../../src/detectors/detectorMetadata.js'
import { loadDetector } from '../../src/detectors/loadDetector.js'
import { greater, input, sum } from '../../src/graph/ops.js'
import { encodeModel } from '../../src/onnx/encode.js'
import { dataTypes, type NodeProto, tensorProto } from '../../src/onnx/messages.js'
import { onnx } from '../../src/onnx/proto/onnx.js'

const metadata: DetectorMetadata = {
  formatVersion: 2,
  detector: 'sum',
  network: 'none',
  decoder: 'identity',
  threshold: 2,
  fpr: 0.05,
  thresholdRule: 'inverse-cdf',
  delta: null,
  validation: { split: 'held-out', n: 20, trainedOn: 0, tolerated: 1, observedFpr: 0.05 },
  features: ['a', 'b'],
  sample: [2],
  standardisation: null,
  seed: 0,
  data: { name: 'none', attribution: '', sha256: '' },
  classes: { normal: 'normal', anomalous: [] },
  trainedOn: { normal: 80, anomalous: 0 },
  settings: { epochs: 1, milestones: [1, 2] },
  device: 'cpu',
  versions: {},
}
const x = input('x', 'float32', ['N', 2])
const score = sum(x, [1])

/** The detector whose score is the sum of two features, and which flags those beyond 2. */
const detector = (changes: object = {}, outputs = { score, flagged: greater(score, 2) }) =>
  encodeModel('sum', [x], outputs, { metadata: encodeMetadata({ ...metadata, ...changes }) })

/** The detector with other nodes before its own. */
function withNodes(...nodes: NodeProto[]): Uint8Array {
  const model = onnx.ModelProto.decode(detector())
  model.graph?.node?.unshift(...nodes.map((node) => onnx.NodeProto.create(node)))
  return onnx.ModelProto.encode(model).finish()
}

const bytes = (text: string) => new TextEncoder().encode(text)
const varint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) + 128, ...varint(Math.floor(n / 128))])
/** A field of a message whose contents are bytes. */
const field = (number: number, contents: Uint8Array) =>
  Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(contents.length)]), contents])
/** A field of a message whose contents are a number. */
const small = (number: number, value: number) => Buffer.from([...varint(number * 8), value])
const also = (...fields: Uint8Array[]) => Buffer.concat([detector(), ...fields])
const graph = (...fields: Uint8Array[]) => field(7, Buffer.concat(fields))

/** A tensor whose elements are in another file. */
const external = (location: string) => {
  const entry = (key: string, value: string) => field(13, Buffer.concat([field(1, bytes(key)), field(2, bytes(value))]))
  return Buffer.concat([
    Buffer.from(onnx.TensorProto.encode({ name: 'w', dataType: dataTypes.float32, dims: [1] }).finish()),
    entry('location', location),
    entry('offset', '0'),
    small(14, 1),
  ])
}
const attributeWith = (number: number, contents: Uint8Array) =>
  graph(field(1, Buffer.concat([field(4, bytes('Identity')), field(5, field(number, contents))])))
const nested = (depth: number): Uint8Array =>
  depth === 0 ? field(5, external('w.bin')) : field(1, field(5, field(6, nested(depth - 1))))

const refusals: Readonly<Record<string, readonly [model: Uint8Array, message: RegExp]>> = {
  'nothing at all': [new Uint8Array(), /is empty. Give a file that train wrote/],
  'half a file': [detector().slice(0, 300), /is not an ONNX model, or damaged/],
  'bytes of anything': [Uint8Array.from({ length: 4096 }, (_, i) => i % 256), /is not an ONNX model/],
  'weights in another file': [also(graph(field(5, external('.env')))), /in another file .*is never read/],
  'weights at an address': [also(graph(field(5, external('*/_ORT_MEM_ADDR_/*')))), /in another file/],
  'an external tensor in an attribute': [also(attributeWith(5, external('.env'))), /in another file/],
  'an external tensor in a list of an attribute': [
    also(attributeWith(10, external('.env'))),
    /field 10 of an attribute/,
  ],
  'an external tensor in a loop in a loop': [also(field(7, nested(2))), /in another file/],
  'graphs in graphs without end': [also(field(7, nested(30))), /more than 8 deep/],
  'a sparse tensor': [also(graph(field(15, field(1, external('.env'))))), /field 15 of a graph/],
  'a function': [also(field(25, new Uint8Array())), /field 25 of a model/],
  'training information': [also(field(20, new Uint8Array())), /field 20 of a model/],
  'a million nodes in two megabytes': [
    also(graph(Buffer.alloc(2_000_000, field(1, new Uint8Array())))),
    /more than 20000 parts/,
  ],
  'a group': [also(Buffer.from([7 * 8 + 3, 7 * 8 + 4])), /field 7 of a model/],
  'a domain of operators': [
    also(graph(field(1, Buffer.concat([field(4, bytes('Add')), field(7, bytes('evil'))])))),
    /the domain 'evil'/,
  ],
  'an operator without end': [
    withNodes({ opType: 'Loop', input: [], output: [] } as NodeProto),
    /uses the operator 'Loop'/,
  ],
  'an operator of chance': [withNodes({ opType: 'RandomNormal' } as NodeProto), /uses the operator 'RandomNormal'/],
  'an entry twice': [also(field(14, Buffer.concat([field(1, bytes('fpr')), field(2, bytes('1'))]))), /two entries/],
  'no flags': [
    encodeModel('sum', [x], { score }, { metadata: encodeMetadata(metadata) }),
    /must give flagged: bool \[N\], score: float32 \[N\], but its graph has score: float32 \[N\]$/,
  ],
  'one score for all': [
    detector({}, { score: sum(x, [0, 1]), flagged: greater(score, 2) }),
    /must give .*, but its graph has .*score: float32 \[\]/,
  ],
  'another number of features': [detector({ features: ['a', 'b', 'c'], sample: [3] }), /must take x: float32 \[N, 3\]/],
  'names for other features': [detector({ features: ['a'] }), /1 names of features for samples of 2 numbers/],
  'two features of one name': [detector({ features: ['a', 'a'] }), /two of its features are called 'a'$/],
  'a category twice': [
    detector({
      features: ['c=x', 'c=y'],
      preparation: { oneHot: [{ column: 'c', categories: ['x', 'x'] }], impute: null, unseen: [] },
    }),
    /it has the category 'c=x' twice$/,
  ],
  'a negative size': [detector({ sample: [-2] }), /'sample' of its metadata/],
  'no sizes': [detector({ sample: [], features: ['a'] }), /'sample' of its metadata/],
  'a fraction of a size': [detector({ sample: [2.5] }), /'sample' of its metadata/],
  'a threshold that is no float32': [detector({ threshold: 0.1 }), /'threshold' of its metadata: expected a float32/],
  'a deviation of 0': [
    detector({ standardisation: { over: 'all-samples', mean: [0, 0], sd: [1, 0] } }),
    /not positive/,
  ],
  'a mean too few': [
    detector({ standardisation: { over: 'all-samples', mean: [0], sd: [1, 1] } }),
    /1 means for samples of 2/,
  ],
  'ten million names': [detector({ features: '['.repeat(10_000_000) }), /10\d{6} characters of metadata/],
}

describe('loadDetector refuses', () => {
  for (const [what, [model, message]] of Object.entries(refusals)) {
    it(what, async () => {
      const before = process.memoryUsage().rss
      await assert.rejects(loadDetector(model, { device: 'cpu' }), (error: Error & { code: string }) => {
        assert.equal(error.code, 'BAD_FILE')
        assert.match(error.message, message)
        return true
      })
      assert.ok(process.memoryUsage().rss - before < 5e8)
    })
  }

  const failing: Readonly<Record<string, NodeProto>> = {
    'a graph that lacks a value': { opType: 'Neg', input: ['nothing'], output: ['y'] },
    'an operator without its operands': { opType: 'MatMul', input: ['x'], output: ['y'] },
  }
  for (const [what, node] of Object.entries(failing)) {
    it(`${what}, as the file's fault`, async () => {
      const loading = loadDetector(withNodes(node), { device: 'cpu' })
      await assert.rejects(loading, {
        code: 'BAD_FILE',
        message: /^the graph of the model does not run on CPU: [^\n]+$/,
      })
    })
  }
})

describe('a detector whose graph is not what its file says', () => {
  const scoring = async (model: Uint8Array) => {
    const loaded = await loadDetector(model, { device: 'cpu' })
    try {
      return await loaded.score(Float32Array.of(1, 2, 0, 1))
    } finally {
      await loaded.close()
    }
  }

  it('is one where it is', async () => {
    assert.deepEqual(await scoring(detector()), { scores: Float32Array.of(3, 1), flagged: Uint8Array.of(1, 0) })
  })

  it('gives no score where it flags by another threshold', async () => {
    await assert.rejects(scoring(detector({ threshold: 4 })), {
      code: 'BAD_FILE',
      message: 'the model is damaged: its graph gives sample 0 the score 3 and flags it, but its threshold is 4',
    })
  })

  /** The detector that takes its samples to be of another width than it declares. */
  function lying(width: number): Uint8Array {
    const { graph, ...model } = onnx.ModelProto.decode(detector())
    const reshaped: NodeProto = { opType: 'Reshape', input: ['x', 'shape'], output: ['y'] }
    const own = (graph?.node ?? []).map((node) => ({
      ...node,
      input: (node.input ?? []).map((name) => name.replace(/^x$/, 'y')),
    }))
    const initializer = [...(graph?.initializer ?? []), tensorProto('shape', 'int64', [2], [-1, width])]
    return onnx.ModelProto.encode({ ...model, graph: { ...graph, node: [reshaped, ...own], initializer } }).finish()
  }

  it('gives no score where it has one for two samples', async () => {
    await assert.rejects(scoring(lying(4)), {
      code: 'BAD_FILE',
      message: 'the model: the output score must be float32 [16], but is float32 [8]',
    })
  })

  it('says that the graph failed where it fails on samples', async () => {
    await assert.rejects(scoring(lying(7)), {
      code: 'BAD_FILE',
      message: /^the graph of the model does not run on CPU: [^\n]*Reshape/,
    })
  })

  it('takes the bytes as they were when it was called', async () => {
    const model = detector()
    const loading = loadDetector(model, { device: 'cpu' })
    model.fill(0)
    const loaded = await loading
    assert.deepEqual((await loaded.score(Float32Array.of(1, 2))).scores, Float32Array.of(3))
    await loaded.close()
  })
})

describe('a path to a detector', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'))
  after(() => rm(folder, { recursive: true }))
  const large = join(folder, 'large.onnx')
  await writeFile(large, '')
  await truncate(large, 5 * 2 ** 30)
  await mkdir(join(folder, 'folder'))

  for (const [path, message] of [
    [large, /has 5368709120 bytes; a detector has 536870912 at most/],
    [join(folder, 'folder'), /it is a folder\. Name a file in it$/],
    ['/dev/zero', /it is not a file\. Name one$/],
    [join(folder, 'none'), /^cannot read .*none: there is no such file$/],
  ] as const) {
    it(`of ${path.split('/').at(-1)} is refused`, async () => {
      await assert.rejects(loadDetector(path, { device: 'cpu' }), { code: 'BAD_FILE', message })
    })
  }
})
