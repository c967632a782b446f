import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { CompareOptions } from '../../../src/compare/compare.js'
import {
  compare,
  compareTargets,
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
}

const detectors = ['old', 'new', 'newer']

/** Rows of a table as CSV, cut into files by chance. */
function makeParts({ seed, n, detectors: count, parts, digits, columns }: Design): { whole: string; parts: string[] } {
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
      has('gaps') && random() < 0.01 ? '' : (common + (0.6 + 0.2 * d) * normal() + (anomalous ? 0.3 * d : 0)).toFixed(digits),
    )
    const own = [Number(anomalous), ...scores]
    if (has('class')) own.push(anomalous ? (['crack', 'dent', 'scratch'][Math.floor(random() * 3)] ?? '') : '')
    if (has('split')) own.push(['validation', 'test', 'test', 'train'][Math.floor(random() * (anomalous ? 3 : 4))] ?? '')
    if (has('patient')) own.push(`p${patient}`)
    files[Math.floor(random() ** 2 * parts)]?.push(own.join())
  }
  // Every part has samples of both kinds that are evaluated.
  for (const rows of files) {
    for (const label of [0, 1]) {
      const own = [label, ...names.map((_, d) => (d + label).toFixed(digits)), ...(has('class') ? ['crack'] : [])]
      rows.push([...own, ...(has('split') ? [label === 0 ? 'validation' : 'test'] : []), ...(has('patient') ? ['p0'] : [])].join())
    }
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

void compareTargets
void ScoringBiasError
