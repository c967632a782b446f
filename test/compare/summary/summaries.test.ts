import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { CompareOptions } from '../../../src/compare/compare.js'
import { readScoreFile } from '../../../src/compare/readScores.js'
import {
  compare,
  compareRange,
  compareTargets,
  type Progress,
  type ReadScoresOptions,
  readScores,
  readSummaries,
  ScoringBiasError,
  summarise,
} from '../../../src/index.js'

const folder = mkdtempSync(join(tmpdir(), 'summaries-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Numbers in [0, 1) from a seed. */
function uniforms(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface Design {
  readonly seed: number
  readonly n: number
  readonly detectors: number
  readonly parts: number
  /** Scores are rounded to so many digits: with few they tie. */
  readonly digits: number
  readonly columns: readonly ('class' | 'split' | 'patient' | 'gaps')[]
  /** Whether the second part has anomalies alone, and the third normal samples alone. Default false. */
  readonly oneKind?: boolean
}

const detectors = ['old', 'new', 'newer']

/** Rows of a table as CSV, cut into files by chance. */
function makeParts({ seed, n, detectors: count, parts, digits, columns, oneKind = false }: Design): {
  whole: string
  parts: string[]
} {
  const random = uniforms(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const has = (column: Design['columns'][number]) => columns.includes(column)
  const names = detectors.slice(0, count)
  const head = ['label', ...names, ...(['class', 'split', 'patient'] as const).filter(has)].join()
  const files = Array.from({ length: parts }, () => [] as string[])
  for (let i = 0; i < n; i++) {
    const anomalous = random() < 0.1
    const patient = Math.floor(random() * 60)
    const common = normal() + (anomalous ? 1.2 : 0) + (has('patient') ? patient / 60 : 0)
    const scores = names.map((_, d) =>
      has('gaps') && random() < 0.01
        ? ''
        : (common + (0.6 + 0.2 * d) * normal() + (anomalous ? 0.3 * d : 0)).toFixed(digits),
    )
    const own = [Number(anomalous), ...scores]
    if (has('class')) own.push(anomalous ? (['crack', 'dent', 'scratch'][Math.floor(random() * 3)] ?? '') : '')
    if (has('split'))
      own.push(['validation', 'test', 'test', 'train'][Math.floor(random() * (anomalous ? 3 : 4))] ?? '')
    if (has('patient')) own.push(`p${patient}`)
    files[Math.floor(random() ** 2 * parts)]?.push(own.join())
  }
  // Every part has samples of both kinds that are evaluated, unless it is to have one.
  for (const rows of files) {
    for (const label of [0, 1]) {
      const own = [label, ...names.map((_, d) => (d + label).toFixed(digits)), ...(has('class') ? ['crack'] : [])]
      rows.push(
        [
          ...own,
          ...(has('split') ? [label === 0 ? 'validation' : 'test'] : []),
          ...(has('patient') ? ['p0'] : []),
        ].join(),
      )
    }
  }
  if (oneKind) {
    for (const [part, label] of [
      [1, '1'],
      [2, '0'],
    ] as const)
      files[part] &&= files[part].filter((row) => row.startsWith(label))
  }
  const write = (name: string, rows: readonly string[]) => {
    const path = join(folder, `${seed}-${n}-${name}.csv`)
    writeFileSync(path, `${[head, ...rows].join('\n')}\n`)
    return path
  }
  return { whole: write('whole', files.flat()), parts: files.map((rows, i) => write(`part-${i}`, rows)) }
}

function readingOf({ detectors: count, columns }: Design): ReadScoresOptions {
  return {
    baseline: 'old',
    candidates: detectors.slice(1, count),
    ...(columns.includes('patient') ? { group: 'patient' } : {}),
    ...(columns.includes('gaps') ? { dropMissing: 0.2, negate: ['new'] } : {}),
  }
}

async function summaries(parts: readonly string[], options: ReadScoresOptions & { fprs: number[]; keep?: number }) {
  const paths: string[] = []
  for (const part of parts) {
    paths.push(`${part}.summary`)
    await summarise(part, `${part}.summary`, options)
  }
  return paths
}

/** All that a comparison says but for where its scores are from, and how long it took. */
function answer({ source: _, elapsedSeconds: __, ...rest }: Awaited<ReturnType<typeof compare>>) {
  return rest
}

const designs = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  n: fc.integer({ min: 3000, max: 6000 }),
  detectors: fc.constantFrom(2, 3),
  parts: fc.integer({ min: 1, max: 4 }),
  digits: fc.constantFrom(1, 2, 12),
  columns: fc.subarray(['class', 'split', 'patient', 'gaps'] as const),
  oneKind: fc.boolean(),
})

const methods: readonly CompareOptions[] = [
  {},
  { engine: 'exact' },
  { engine: 'tree' },
  { engine: 'direct' },
  { intervalMethod: 'percentile' },
  { intervalMethod: 'bca' },
  { intervalMethod: 'bca', engine: 'tree' },
  { intervalMethod: 'studentized' },
  { intervalMethod: 'bt2', thresholdRule: 'linear' },
  { thresholdRule: 'certified' },
  { curve: [0.005, 0.01], margin: 0.1 },
]

test('a comparison of summaries is that of all rows, to the bit, in any order', async () => {
  await fc.assert(
    fc.asyncProperty(designs, fc.constantFrom(...methods), fc.constantFrom(0.01, 0.02), async (design, method, fpr) => {
      const grouped = design.columns.includes('patient')
      const { whole, parts } = makeParts(design)
      const reading = readingOf(design)
      // Few groups move thresholds far.
      const paths = await summaries(parts, { ...reading, fprs: [fpr], ...(grouped ? { keep: 0.4 } : {}) })
      const options = { fpr, resamples: 200, seed: design.seed, ...(grouped ? {} : method) }
      if (options.engine === 'exact' && options.intervalMethod === 'studentized') return
      const [expected, merged, turned] = [
        await compare(await readScores(whole, reading), options),
        await compare(await readSummaries(paths), options),
        await compare(await readSummaries([...paths].reverse()), options),
      ]
      assert.deepEqual(answer(merged), answer(expected))
      assert.deepEqual(answer(turned), answer(expected))
    }),
    { includeErrorInReport: true, numRuns: Number(process.env.SUMMARY_RUNS ?? 25) },
  )
})

test('targets together are those of all rows', async () => {
  const design: Design = { seed: 3, n: 8000, detectors: 3, parts: 3, digits: 12, columns: ['class', 'split'] }
  const { whole, parts } = makeParts(design)
  const paths = await summaries(parts, { ...readingOf(design), fprs: [0.01, 0.02] })
  const options = { fprs: [0.01, 0.02], resamples: 300 }
  const [expected, merged] = [
    await compareTargets(await readScores(whole, readingOf(design)), options),
    await compareTargets(await readSummaries(paths), options),
  ]
  assert.deepEqual(merged.targets.map(answer), expected.targets.map(answer))
})

test('a range of targets is that of all rows', async () => {
  const design: Design = { seed: 4, n: 8000, detectors: 3, parts: 3, digits: 2, columns: ['class', 'split'] }
  const { whole, parts } = makeParts(design)
  const paths = await summaries(parts, { ...readingOf(design), fprs: [0.02] })
  const options = { fprRange: [0.005, 0.02] as const, resamples: 300 }
  const [expected, merged] = [
    await compareRange(await readScores(whole, readingOf(design)), options),
    await compareRange(await readSummaries(paths), options),
  ]
  assert.deepEqual({ ...merged, source: '', elapsedSeconds: 0 }, { ...expected, source: '', elapsedSeconds: 0 })
})

test('a detector that ranks worse than chance is told of with the AUC of all rows', async () => {
  const design: Design = { seed: 5, n: 4000, detectors: 2, parts: 2, digits: 12, columns: ['class'] }
  const { whole, parts } = makeParts(design)
  const reading = { ...readingOf(design), negate: ['old'] }
  const expected = await compare(await readScores(whole, reading))
  assert.match(expected.warnings[0] ?? '', /^'old' ranks anomalies below normal samples \(AUC 0\.\d+/)
  assert.deepEqual(
    answer(await compare(await readSummaries(await summaries(parts, { ...reading, fprs: [0.05] })))),
    answer(expected),
  )
})

test('a part may have one kind of samples, in files of every shape', async () => {
  const file = (name: string, rows: readonly string[]) => {
    const path = join(folder, name)
    writeFileSync(path, `${rows.join('\n')}\n`)
    return path
  }
  const normals = Array.from({ length: 60 }, (_, i) => ({ label: 'fine', old: i, new: (i * 7) % 60 }))
  const cracks = Array.from({ length: 9 }, (_, i) => ({ label: 'crack', old: 40 + 3 * i, new: 50 + 3 * i }))
  const reading = { normal: 'fine' }
  const wide = (name: string, samples: typeof normals) =>
    file(name, ['label,baseline,candidate', ...samples.map((one) => `${one.label},${one.old},${one.new}`)])
  const expected = answer(await compare(await readScores(wide('one-all.csv', [...normals, ...cracks]), reading)))
  const merged = async (parts: readonly string[], options: ReadScoresOptions) =>
    answer(await compare(await readSummaries(await summaries(parts, { ...options, fprs: [0.05] }))))
  assert.deepEqual(await merged([wide('one-1.csv', normals), wide('one-2.csv', cracks)], reading), expected)

  const long = (name: string, samples: typeof normals) =>
    file(name, [
      'label,key,detector,score',
      ...samples.flatMap((one, i) => [
        `${one.label},${i},baseline,${one.old}`,
        `${one.label},${i},candidate,${one.new}`,
      ]),
    ])
  const ofLong = { ...reading, detector: 'detector', key: 'key' }
  assert.deepEqual(await merged([long('long-1.csv', normals), long('long-2.csv', cracks)], ofLong), expected)

  const [missed, none] = [wide('one-3.csv', cracks.slice(0, 4)), wide('one-4.csv', normals.slice(0, 20))]
  const split = await summaries([missed, wide('one-5.csv', cracks.slice(4))], { ...reading, fprs: [0.05] })
  await assert.rejects(
    readSummaries(split),
    refused('EMPTY_SAMPLE', /no normal sample in 2 summaries.* Add a part that has some, with the label 'fine'/),
  )
  await assert.rejects(
    readSummaries(await summaries([none], { ...reading, fprs: [0.05] })),
    refused('EMPTY_SAMPLE', /no anomalous sample in 1 summary/),
  )
  await assert.rejects(readScores(missed, reading), refused('UNKNOWN_CLASS', /fine/))
})

const refused = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ScoringBiasError, String(error))
  assert.equal(error.code, code)
  assert.match(error.message, message)
  return true
}

test('where a part kept too little, it is named with the share to keep, and that share is enough', async () => {
  // All large scores are in one part.
  const names = ['low', 'high'].map((name) => join(folder, `${name}.csv`)) as [string, string]
  const random = uniforms(11)
  for (const [i, name] of names.entries()) {
    const rows = Array.from({ length: 4000 }, (_, row) => {
      const score = () => (3 * i + random() + (row % 20 === 0 ? 1 : 0)).toFixed(9)
      return [row % 20 === 0 ? 1 : 0, score(), score()].join()
    })
    writeFileSync(name, `label,baseline,candidate\n${rows.join('\n')}\n`)
  }
  const paths = await summaries(names, { fprs: [0.05], keep: 0.05 })
  const attempt = async () => compare(await readSummaries(paths))
  await assert.rejects(
    attempt(),
    refused(
      'OUT_OF_RANGE',
      /^the target fpr = 0\.05 reads the 765 largest normal scores of each detector among 7,600\. Too few of 'baseline', 'candidate' were kept\. Summarise \S+high\.csv with --keep 0\.2\d*$/,
    ),
  )
  const share = /--keep (\S+)$/.exec(String(await attempt().catch((error) => error.message)))?.[1]
  await summarise(names[1], paths[1] ?? '', { fprs: [0.05], keep: Number(share) })
  const whole = join(folder, 'both.csv')
  const rowsOf = (name: string) => readFileSync(name, 'utf8').split('\n').slice(1, -1)
  writeFileSync(whole, `label,baseline,candidate\n${[...rowsOf(names[1]), ...rowsOf(names[0])].join('\n')}\n`)
  assert.deepEqual(answer(await attempt()), answer(await compare(await readScores(whole))))
})

test('groups that move a threshold to normals that were left out are refused', async () => {
  const design: Design = { seed: 9, n: 4000, detectors: 2, parts: 2, digits: 12, columns: ['patient'] }
  const path = join(folder, 'few-groups.csv')
  const random = uniforms(4)
  const rows = Array.from({ length: 4000 }, (_, i) =>
    [i % 10 === 0 ? 1 : 0, random() + (i % 6), random() + (i % 6), `p${i % 6}`].join(),
  )
  writeFileSync(path, `label,old,new,patient\n${rows.join('\n')}\n`)
  const [summary = ''] = await summaries([path], { ...readingOf(design), fprs: [0.05], keep: 0.14 })
  await assert.rejects(
    compare(await readSummaries([summary]), { resamples: 500 }),
    refused(
      'OUT_OF_RANGE',
      /^drawn groups move the threshold of 'old' to normal samples that were not kept\. Summarise with a larger --keep, such as \S+few-groups\.csv with 0\.\d+$/,
    ),
  )
})

test('what is kept is bounded, whatever the order of rows: falling scores are read twice', async () => {
  const n = 20_000
  const orders: Record<string, (i: number) => number> = {
    rising: (i) => i,
    falling: (i) => -i,
    mixed: (i) => (i * 7919) % n,
  }
  for (const [name, score] of Object.entries(orders)) {
    const path = join(folder, `${name}.csv`)
    const rows = Array.from({ length: n }, (_, i) => [Number(i % 100 === 0), score(i), score(i) + (i % 3)].join())
    writeFileSync(path, `label,baseline,candidate\n${rows.join('\n')}\n`)
    let [last, passes] = [Number.POSITIVE_INFINITY, 0]
    const onProgress = ({ done }: Progress) => {
      if (done <= last) passes++
      last = done
    }
    const window = { reach: (all: number) => Math.ceil(all / 10), from: 3000, always: true, least: 1000 }
    const data = await readScoreFile(path, { onProgress }, window)
    assert.equal(passes, name === 'falling' ? 2 : 1)
    assert.equal(data.below?.nNormal, n - n / 100)
    assert.ok((data.validation[0]?.length ?? 0) <= 2100, `${name}: ${data.validation[0]?.length}`)
    assert.deepEqual(
      answer(await compare(data, { fpr: 0.02 })),
      answer(await compare(await readScores(path), { fpr: 0.02 })),
    )
  }
})

async function twoSummaries(): Promise<[string, string]> {
  const design: Design = { seed: 21, n: 2000, detectors: 2, parts: 2, digits: 12, columns: ['class', 'patient'] }
  const { parts } = makeParts(design)
  const [a = '', b = ''] = await summaries(parts, { ...readingOf(design), fprs: [0.05] })
  return [a, b]
}

test('summaries that do not belong together are refused by name', async () => {
  const [a, b] = await twoSummaries()
  const part = b.replace('.summary', '')
  const asked = { baseline: 'old', candidates: ['new'], group: 'patient', fprs: [0.05] }
  const other = async (options: object) => {
    await summarise(part, b, { ...asked, ...options })
    return readSummaries([a, b])
  }
  const both = `${a} and ${b} cannot be merged: `
  const cases: readonly (readonly [object, string])[] = [
    [{ fprs: [0.01] }, 'their targets \\(--fpr\\) differ, \\[0.05\\] and \\[0.01\\]'],
    [{ baseline: 'new', candidates: ['old'] }, 'their detectors differ'],
    [{ negate: ['new'] }, 'their negated detectors \\(--negate\\) differ'],
    [{ group: undefined }, 'their groups \\(--group\\) differ, true and false'],
    [{ dropMissing: true }, 'their samples that lack a score'],
  ]
  for (const [options, what] of cases) {
    await assert.rejects(other(options), refused('OUT_OF_RANGE', new RegExp(`^${both}${what}`)))
  }
  await assert.rejects(readSummaries([a, a]), refused('OUT_OF_RANGE', /is given twice\. Leave one out$/))
  const copy = `${a}.copy`
  copyFileSync(a, copy)
  await assert.rejects(
    readSummaries([a, copy]),
    refused('OUT_OF_RANGE', /are of the same data .* Its samples would count twice/),
  )
  // The same file with another share is the same part, too.
  await summarise(a.replace('.summary', ''), copy, { ...asked, keep: 0.9 })
  await assert.rejects(readSummaries([a, copy]), refused('OUT_OF_RANGE', /are of the same data/))
  const head = unpacked(a)
  head.head.version = '0.0.1'
  write(copy, head)
  await summarise(part, b, asked)
  await assert.rejects(
    readSummaries([copy, b]),
    refused('OUT_OF_RANGE', /cannot be merged: versions 0\.0\.1 and \S+ of this package made them/),
  )
})

interface Unpacked {
  head: {
    'scoring-bias summary': number
    version: string
    nNormal: number
    question: { detectors: string[] }
    arrays: { name: string; type: string; length: number }[]
    classes: unknown
    groups: unknown
    missing: unknown
  }
  body: Buffer
}

function unpacked(path: string): Unpacked {
  const raw = gunzipSync(readFileSync(path))
  const end = raw.indexOf(10)
  return { head: JSON.parse(raw.subarray(0, end).toString()), body: raw.subarray(end + 1) }
}

/** With a checksum that is right. */
function write(path: string, { head, body }: Unpacked): void {
  const sha256 = createHash('sha256').update(body).digest('hex')
  writeFileSync(path, gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify({ ...head, sha256 })}\n`), body])))
}

test('damaged and hostile summaries are refused in one sentence with their path', async () => {
  const [a] = await twoSummaries()
  const path = join(folder, 'hostile.summary')
  const bytes = readFileSync(a)
  const tries: Record<string, () => void> = {
    'cut short': () => writeFileSync(path, bytes.subarray(0, bytes.length - 200)),
    'a byte changed': () =>
      writeFileSync(
        path,
        bytes.map((byte, i) => (i === 3000 ? byte ^ 8 : byte)),
      ),
    ...Object.fromEntries(
      (
        [
          ['another format', (own) => (own.head['scoring-bias summary'] = 2)],
          ['more normals than places', (own) => (own.head.nNormal = 3)],
          ['no detectors', (own) => (own.head.question.detectors = [])],
          ['an array of 4 GB', (own) => Object.assign(own.head.arrays[0] ?? {}, { length: 2 ** 29 })],
          ['an array of another type', (own) => Object.assign(own.head.arrays[0] ?? {}, { type: 'int8' })],
          ['an array is missing', (own) => Object.assign(own.head.arrays[0] ?? {}, { name: 'cats' })],
          ['a class that is none', (own) => (own.head.classes = ['crack'])],
          ['groups are gone', (own) => (own.head.groups = null)],
          ['NaN', (own) => own.body.fill(0xff, 0, own.body.length)],
          ['zeros', (own) => own.body.fill(0, 0, own.body.length)],
          ['shorter', (own) => (own.body = own.body.subarray(8))],
          ['longer', (own) => (own.body = Buffer.concat([own.body, Buffer.alloc(8)]))],
          ['null', (own) => (own.head.missing = [null, null, null])],
        ] as readonly (readonly [string, (own: Unpacked) => unknown])[]
      ).map(([name, spoil]) => [
        name,
        () => {
          const own = unpacked(a)
          spoil(own)
          write(path, own)
        },
      ]),
    ),
  }
  for (const [name, spoil] of Object.entries(tries)) {
    spoil()
    await assert.rejects(
      readSummaries([path]),
      refused('BAD_FILE', /hostile\.summary is a damaged summary: .* Make it or copy it again$/),
      name,
    )
  }
  writeFileSync(path, 'label,baseline,candidate\n')
  await assert.rejects(readSummaries([path]), refused('BAD_FILE', /hostile\.summary is no summary of scores/))
})

test('a summary never replaces the file that it is of, however its path is written', async () => {
  const path = join(folder, 'own.csv')
  const rows = 'label,baseline,candidate\n0,1,2\n0,2,1\n1,3,3\n'
  writeFileSync(path, rows)
  const link = join(folder, 'own link')
  symlinkSync(path, link)
  for (const [from, to] of [
    [path, path],
    [path, `${folder}/../${folder.split('/').at(-1)}/./own.csv`],
    [path, link],
    [link, path],
  ] as const) {
    await assert.rejects(summarise(from, to), { code: 'BAD_FILE', message: /^output would replace a file in use: / })
    assert.equal(readFileSync(path, 'utf8'), rows)
  }
  await assert.rejects(summarise(path, join(folder, 'no such folder', 'out')), { code: 'BAD_FILE' })
  const { nNormal } = await summarise(path, join(folder, 'own.summary'))
  assert.equal(nNormal, 2)
})

test('several trainings of a detector are no option of a summary', async () => {
  for (const options of [{ trainings: { baseline: ['a*'], candidate: ['b*'] } }, { run: 'seed' }]) {
    const [name = ''] = Object.keys(options)
    await assert.rejects(summarise(join(folder, 'none.csv'), join(folder, 'none.summary'), options as never), {
      code: 'UNKNOWN_NAME',
      message: new RegExp(`^summarise has no option '${name}'; it has `),
    })
  }
})
