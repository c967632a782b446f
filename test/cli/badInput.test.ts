import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { folder as fashionMnist, skip } from '../data/fashionMnistHere.js'
import { cli } from './commandLine.js'

const folder = mkdtempSync(join(tmpdir(), 'bad-input-'))
after(() => rmSync(folder, { recursive: true }))

/** Bad input: exit code 2, one message, no answer, and no file that was not there. */
async function refused(args: string[], message: RegExp): Promise<void> {
  const before = readdirSync(folder)
  const { code, stdout, stderr } = await cli(...args)
  assert.deepEqual([code, stdout], [2, ''], `${args.join(' ')}: ${stderr}`)
  assert.match(stderr, message)
  assert.deepEqual(readdirSync(folder), before)
}
const study = (...args: string[]) => ['study', ...args, '--report', join(folder, 'none.html')]

describe('a study refuses, before it trains,', () => {
  it('a mixture whose weights are not what they should be, naming class and weight', async () => {
    const cases: [string, RegExp][] = [
      [
        'red soil=0.9,grey soil=0.2',
        /^error: the weights of the anomaly classes must sum to 1, got 0\.9 \+ 0\.2 = 1\.1\n$/,
      ],
      ['red soil=0.5,grey soil=0.4', /must sum to 1, got 0\.5 \+ 0\.4 = 0\.9\n$/],
      ['red soil=1.5,grey soil=-0.5', /the weight of anomaly class 'red soil' must lie in \(0, 1\], got 1\.5\n$/],
      [
        'red soil=0.5,red soil=0.5',
        /anomaly class 'red soil' is named twice\. Name it once, with the sum of its weights\n$/,
      ],
      [
        'red soil=0.001,grey soil=0.999',
        /with weight 0\.001, anomaly class 'red soil' gets none of 120 labelled anomalies\. Leave it out, or raise its weight\n$/,
      ],
      ['red soil=,grey soil=1', /The weight of 'red soil' is '', not a number/],
      ['red soil,grey soil=1', /'red soil' has no weight/],
    ]
    for (const [mixture, message] of cases) await refused(study('statlog', '--anomaly', mixture), message)
  })

  it('classes that are not there, or are normal and anomalous at once', async () => {
    await refused(
      study('statlog', '--anomaly', 'red soil=0.5,red soll=0.5'),
      /unknown anomaly class 'red soll' \(did you mean 'red soil'\?\); known: red soil, /,
    )
    for (const anomaly of ['red soil', 'red soil=0.5,grey soil=0.5']) {
      const same = /normal and anomaly must be different classes, both are 'red soil'/
      await refused(study('statlog', '--normal', 'red soil', '--anomaly', anomaly), same)
    }
  })

  it('more labelled anomalies than the class has', async () => {
    const rows = (n: number, kind: string) => Array.from({ length: n }, (_, i) => `${i % 7},${i % 5},${kind}\n`)
    const csv = join(folder, 'few.csv')
    writeFileSync(csv, ['a,b,kind\n', ...rows(300, 'fine'), ...rows(15, 'crack'), ...rows(60, 'dent')].join(''))
    const labels = ['--label', 'kind', '--normal', 'fine', '--split', 'published']
    const few =
      /anomaly class 'crack' has 15 samples, and training takes 24\. That is too few\. Label another class, or mix/
    await refused(study(csv, ...labels, '--anomaly', 'crack'), few)
    await refused(['matrix', csv, ...labels], few)
  })
})

describe('Fashion-MNIST on the command line', { skip }, () => {
  const images = 't10k-images-idx3-ubyte'
  const packed = () => readFileSync(join(fashionMnist ?? '', `${images}.gz`))
  /** A folder with the real files but for the test images. */
  const damaged = (name: string, file: string, bytes: Uint8Array) => {
    const data = join(folder, name)
    mkdirSync(data)
    for (const one of readdirSync(fashionMnist ?? ''))
      if (!one.startsWith(images)) cpSync(join(fashionMnist ?? '', one), join(data, one))
    writeFileSync(join(data, file), bytes)
    return data
  }

  it('is refused, with the file and what replaces it, where a pixel was altered or a file cut short', async () => {
    const altered = gunzipSync(packed())
    altered[1000] = (altered[1000] ?? 0) ^ 1
    const cases: [string, Uint8Array, RegExp][] = [
      [images, altered, /is not the file published: unpacked, its SHA-256 is [\da-f]{64}, not 5b4141f0/],
      [images, altered.subarray(0, 5000), /is cut short at byte 5000: its shape 10000 × 28 × 28 takes 7840016/],
      [`${images}.gz`, packed().subarray(0, 3000), /cannot be unpacked: unexpected end of file/],
    ]
    for (const [i, [file, bytes, what]] of cases.entries()) {
      const data = damaged(`fm-${i}`, file, bytes)
      const way = `\\. Replace it with \`scoring-bias data fetch fashion-mnist --to ${data}\`\n$`
      const message = new RegExp(`^error: ${join(data, file)}: ${what.source}.*${way}`)
      await refused(study('fashion-mnist', '--share', '0.01', '--data-dir', data), message)
      await refused(['data', 'verify', 'fashion-mnist', '--data-dir', data], message)
    }
  })
})

describe('a matrix with --store', () => {
  const quick = ['--runs', '2', '--epochs', '2', '--pretrain-epochs', '1', '--resamples', '200', '--device', 'cpu']
  const store = join(folder, 'matrix.duckdb')
  const matrix = (...args: string[]) => cli('matrix', 'statlog', ...quick, '--json', ...args)
  const answer = ({ stdout }: { stdout: string }) => ({ ...JSON.parse(stdout), elapsedSeconds: 0 })

  it('finds what it has trained, and prints the same', async () => {
    const first = await matrix('--store', store)
    const again = await matrix('--store', store)
    assert.deepEqual(answer(again), answer(first))
    assert.match(first.stderr, /^training Deep SVDD and Deep SAD: 0 of [\d,]+ \(0 %\)/)
    assert.match(again.stderr, /^training Deep SVDD and Deep SAD: ([\d,]+) of \1 \(100 %\)/)
  })

  it('refuses a file that is no store before it trains', async () => {
    const text = join(folder, 'notes.duckdb')
    writeFileSync(text, 'notes\n')
    await refused(['matrix', 'statlog', ...quick, '--store', text, '--quiet'], /notes\.duckdb is not a DuckDB file/)
    assert.equal(readFileSync(text, 'utf8'), 'notes\n')
    await refused(['matrix', 'statlog', '--store', join(folder, 'no', 'a.duckdb')], /its folder does not exist/)
  })
})
