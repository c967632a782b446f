import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { compare } from '../../src/compare/compare.js'
import { readScores } from '../../src/compare/readScores.js'
import { readSummaries } from '../../src/compare/summary/readSummaries.js'
import { summarise } from '../../src/compare/summary/summarise.js'
import { readIdx } from '../../src/data/sets/fashionMnist/fashionMnistFiles.js'
import { openTable } from '../../src/data/tables/openTable.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { loadDetector } from '../../src/detectors/loadDetector.js'
import { train } from '../../src/detectors/train.js'
import { runStudy } from '../../src/study/runStudy.js'
import { storedStudies } from '../../src/study/store/duckdbStore.js'
import { npy } from '../npy.js'
import { calls, check, requireRefusal, type Subject } from './calls.js'
import { meanTrainer } from './meanTrainer.js'
import { endings, folder, usualBytes } from './tables.js'

/** What a file may have at some place instead of what it had. */
const fragments = [
  ...[
    '\0',
    '\n',
    '\r',
    '"',
    "'",
    ',',
    '\t',
    '[',
    '{',
    '}',
    ']',
    'NaN',
    '1e999',
    '-',
    '\uFEFF',
    '"{',
    '\u2028',
    '<',
    '=',
  ],
  ...[
    '(-1,)',
    '(0, 1000000000)',
    '(1.5,)',
    "'|O'",
    "'<f2'",
    "'|S0'",
    '99999999999999999999',
    'PAR1',
    'PK\x03\x04',
    '\x93NUMPY',
    '\x1F\x8B',
  ],
].map((text) => Buffer.from(text, 'latin1'))
fragments.push(Buffer.alloc(8, 0xff), Buffer.alloc(4), Buffer.alloc(300, '['), Buffer.alloc(2000, 'x'))

const edit = fc.record({
  kind: fc.constantFrom('flip', 'write', 'insert', 'cut', 'repeat', 'truncate'),
  place: fc.double({ min: 0, max: 0.9999, noNaN: true }),
  length: fc.integer({ min: 1, max: 64 }),
  value: fc.nat(2 ** 16),
})

type Bytes = Uint8Array

/** Bytes with one to four damages. */
function damaged(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) =>
    edits.reduce<Uint8Array>((own, { kind, place, length, value }) => {
      // Half of the damage goes into the first hundred bytes or the last: headers, footers, directories.
      const near = value % 4 === 0 ? place * Math.min(100, own.length) : own.length - place * Math.min(100, own.length)
      const at = Math.floor(value % 2 === 0 ? near : place * own.length)
      const [before, after] = [own.subarray(0, at), own.subarray(at)]
      const fragment = fragments[value % fragments.length] ?? new Uint8Array(0)
      if (kind === 'flip') return own.map((byte, i) => (i === at ? byte ^ (1 << (value % 8)) : byte))
      if (kind === 'write') return Buffer.concat([before, fragment, after.subarray(fragment.length)])
      if (kind === 'insert') return Buffer.concat([before, fragment, after])
      if (kind === 'cut') return Buffer.concat([before, after.subarray(length)])
      if (kind === 'repeat')
        return Buffer.concat([before, ...new Array<Uint8Array>(3).fill(after.subarray(0, length)), after])
      return before
    }, bytes),
  )
}

/** A reader of damaged bytes either reads them or refuses them in words; they go through a file where it takes one. */
function reader(
  name: string,
  bytes: Bytes | (() => Promise<Bytes>),
  cost: number,
  read: (bytes: Bytes) => Promise<unknown>,
): Subject {
  const tryOne = async (own: Bytes) => {
    calls.spoilt++
    try {
      await read(own)
    } catch (error) {
      requireRefusal(name, error)
      calls.refused++
    }
  }
  const run = async (parameters: fc.Parameters<unknown>) => {
    const whole = typeof bytes === 'function' ? await bytes() : bytes
    await check(fc.asyncProperty(damaged(whole), tryOne), parameters)
  }
  return { name: `reader of ${name}`, cost, run }
}

/** Each case has a file of its own: what is mapped into memory must not change under its reader. */
let nFiles = 0
function written(bytes: Uint8Array, ending: string): string {
  const path = join(folder, `damaged${nFiles++ % 50}.${ending}`)
  writeFileSync(path, bytes)
  return path
}

async function readEverything(path: string): Promise<void> {
  const table = await openTable(path)
  try {
    for await (const batch of table.batches({ numbers: [], texts: table.columns })) await table.place(batch.firstRow)
  } finally {
    await table.close()
  }
}

const table = {
  name: 'fuzz',
  attribution: '',
  featureNames: ['x1', 'x2'],
  features: Float32Array.from({ length: 120 }, (_, i) => Math.sin(i * i)),
  classes: ['normal', 'odd'],
  labels: Uint8Array.from({ length: 60 }, (_, i) => i % 2),
}

async function detectorFile(): Promise<Bytes> {
  return (await train({ data: table, detector: 'ae', settings: { epochs: 1 }, fpr: 0.3, device: 'cpu' })).model
}

async function storeFile(): Promise<Bytes> {
  const store = join(folder, 'store.duckdb')
  await runStudy({ dataset: table, runs: 1, resamples: 100, fpr: 0.3, trainer: meanTrainer, store })
  return readFileSync(store)
}

/** What a summary of scores packs. */
async function summaryText(): Promise<Bytes> {
  const path = join(folder, 'whole.summary')
  await summarise(written(usualBytes.csv, 'csv'), path, { group: 'key', keep: 0.5 })
  return gunzipSync(readFileSync(path))
}

/** An IDX file of 3 images of 4 × 4. */
const idx = Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 4]), Buffer.alloc(48, 7)])

/** Readers of every format, of damaged files. */
export const readers: readonly Subject[] = [
  ...endings.flatMap((ending) => [
    reader(`${ending} as scores`, usualBytes[ending], 10, (bytes) => readScores(written(bytes, ending))),
    reader(`${ending} as samples`, usualBytes[ending], 10, (bytes) =>
      readLabelledTable(written(bytes, ending), { label: 'class', ignore: ['key'] }),
    ),
    reader(`${ending}, every column`, usualBytes[ending], 10, (bytes) => readEverything(written(bytes, ending))),
    // A name says nothing of the contents.
    reader(`${ending} by its bytes`, usualBytes[ending], 10, (bytes) => readScores(written(bytes, 'data'))),
  ]),
  reader(
    'npy',
    npy(
      Float64Array.from({ length: 12 }, (_, i) => i / 4),
      '<f8',
      [6, 2],
    ),
    5,
    (bytes) => readEverything(written(bytes, 'npy')),
  ),
  reader('summary', summaryText, 5, async (bytes) => {
    const path = written(gzipSync(bytes), 'summary')
    await compare(await readSummaries([path]), { resamples: 50 })
  }),
  reader('idx', idx, 1, async (bytes) => readIdx(bytes, 'images')),
  reader('detector', detectorFile, 20, async (bytes) => {
    const detector = await loadDetector(bytes, { device: 'cpu' })
    try {
      await detector.score(table.features)
    } finally {
      await detector.close()
    }
  }),
  reader('store', storeFile, 20, (bytes) => storedStudies(written(bytes, 'duckdb'))),
]
