import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'

// The examples run as users run them: against the built package, under its name.
const service: { createService: () => import('node:http').Server } = await import(
  '../../docs/examples/service.mjs' as string
)
const { compare }: typeof import('../../src/index.js') = await import('../../dist/index.js' as string)
const { compareJson }: typeof import('../../src/rooms/report.js') = await import('../../dist/rooms/report.js' as string)

const root = new URL('../../', import.meta.url).pathname
const folder = await mkdtemp(join(tmpdir(), 'examples-'))
after(() => rm(folder, { recursive: true }))
const run = promisify(execFile)

describe('the service', () => {
  const server = service.createService()
  let url: string
  before(async () => {
    await once(server.listen(0), 'listening')
    url = `http://localhost:${(server.address() as AddressInfo).port}/compare`
  })
  after(() => server.close())

  const samples = (k: number) =>
    Array.from({ length: 400 }, (_, i) => ({
      label: i % 4 === 0 ? 1 : 0,
      class: i % 8 === 0 ? 'dent' : 'crack',
      baseline: Math.sin(i) + (i % 4 === 0 ? 1 : 0),
      candidate: Math.sin(k * i) + (i % 4 === 0 ? 1.2 : 0),
    }))
  const ndjson = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const post = (body: string, query = '') => fetch(`${url}?resamples=300&${query}`, { method: 'POST', body })

  it('answers requests side by side, each with what compare says', async () => {
    const answers = await Promise.all([2, 3, 5].map((k) => post(ndjson(samples(k)), 'fpr=0.1&seed=4')))
    for (const [i, response] of answers.entries()) {
      assert.equal(response.status, 200)
      const { elapsedSeconds: _, ...answer } = (await response.json()) as { elapsedSeconds: number }
      const rows = samples([2, 3, 5][i] ?? 0)
      const wanted = await compare(rows, { fpr: 0.1, resamples: 300, seed: 4, rows: { source: 'request' } })
      const { elapsedSeconds: __, ...json } = JSON.parse(JSON.stringify(compareJson(wanted)))
      assert.deepEqual(answer, json)
    }
  })

  for (const [body, code, message] of [
    [
      '{"label":0,"baseline":1,"candidate":2}\n{"label":1,"baseline":"x","candidate":2}\n',
      'WRONG_TYPE',
      /^request row 2/,
    ],
    ['{"label":0,', 'BAD_FILE', /^line 1 is not JSON/],
    ['', 'EMPTY_SAMPLE', /has no rows/],
  ] as const) {
    it(`answers ${JSON.stringify(body)} with 400 and the error`, async () => {
      const response = await post(body)
      const answer = (await response.json()) as { code: string; error: string }
      assert.deepEqual([response.status, answer.code], [400, code])
      assert.match(answer.error, message)
    })
  }

  it('stops when a client leaves, and goes on serving', async () => {
    const client = request(url, { method: 'POST' })
    client.on('error', () => {})
    client.write(ndjson(samples(2)))
    const [, response] = (await once(server, 'request')) as [unknown, import('node:http').ServerResponse]
    client.destroy()
    await once(response, 'close')
    assert.equal(response.headersSent, false)
    assert.equal((await post(ndjson(samples(2)))).status, 200)
  })
})

describe('the pipeline of workers', () => {
  const at = (name: string) => join(folder, name)
  it('scores a file with two detectors and compares them as the command does with their scores', async () => {
    const header = 'kind,a,b,c'
    const line = (i: number, kind: string) => {
      const shift = kind === 'crack' ? 1.5 : 0
      return `${kind},${Math.sin(i) + shift},${Math.cos(7 * i) - shift},${Math.sin(3 * i + 1)}`
    }
    const table = (from: number, n: number) =>
      `${[header, ...Array.from({ length: n }, (_, i) => line(from + i, i % 5 === 0 ? 'crack' : 'fine'))].join('\n')}\n`
    const [train, data] = ['train.csv', 'data.csv'].map((name) => join(folder, name)) as [string, string]
    await writeFile(train, table(0, 400))
    await writeFile(data, table(1000, 6000))
    const main = join(root, 'dist/cli/main.js')
    const models = ['ae', 'sae'].map((name) => join(folder, `${name}.onnx`))
    for (const [i, model] of models.entries()) {
      const labelled = i === 1 ? ['--anomaly', 'crack'] : []
      const options = ['--detector', i === 1 ? 'sae' : 'ae', '--label', 'kind', '--normal', 'fine', ...labelled]
      await run('node', [main, 'train', train, ...options, '--epochs', '3', '--device', 'cpu', '--quiet', '-o', model])
    }
    const pipeline = await run('node', [join(root, 'docs/examples/pipeline.mjs'), data, 'kind', 'fine', ...models])
    const scores = await Promise.all(
      models.map(async (model, i) => {
        const path = join(folder, `${i}.csv`)
        await run('node', [main, 'score', model, data, '--keep', 'kind', '--device', 'cpu', '--quiet', '-o', path])
        return path
      }),
    )
    const options = [
      '--key',
      'row',
      '--label',
      'kind',
      '--normal',
      'fine',
      '--baseline',
      'baseline',
      '--candidate',
      'candidate',
    ]
    const command = await run('node', [main, 'compare', ...scores, ...options, '--quiet'])
    const unnamed = (text: string) => text.replace(/^(candidate against baseline on ).*(: )/m, '$1data$2').trim()
    assert.equal(unnamed(pipeline.stdout), unnamed(command.stdout))
    assert.match(pipeline.stdout, /1,200 anomalous samples, thresholds from 4,800 normal samples/)
  })

  for (const [what, args, message] of [
    ['there are no samples', (models: string[]) => ['none.csv', 'kind', 'fine', ...models], /none\.csv/],
    ['a detector is not there', ([model]: string[]) => [at('data.csv'), 'kind', 'fine', model, 'b.onnx'], /b\.onnx/],
    ['no column has labels', (models: string[]) => [at('data.csv'), 'sort', 'fine', ...models], /no column 'sort'/],
    ['no class has the name', (models: string[]) => [at('data.csv'), 'kind', 'good', ...models], /good/],
  ] as const) {
    it(`ends with one message where ${what}`, async () => {
      const models = [at('ae.onnx'), at('sae.onnx')]
      const path = join(root, 'docs/examples/pipeline.mjs')
      // Who waits for ever is ended, and has no exit code.
      const failed = await run('node', [path, ...(args(models) as string[])], { timeout: 60_000 }).catch(
        (error) => error,
      )
      assert.deepEqual([failed.code, failed.stdout], [2, ''])
      assert.match(failed.stderr, /^error: [^\n]*\n$/)
      assert.match(failed.stderr, message)
    })
  }
})

it("a detector of one's own is trained beside Deep SAD, saved and loaded", async () => {
  const { stdout } = await run('node', [join(root, 'docs/examples/ownDetector.mjs'), join(folder, 'log-sad.onnx')])
  const [sad, own, saved, ...more] = stdout.trim().split('\n')
  assert.match(sad ?? '', /^deep-sad red soil \d\.\d\d cotton crop \d\.\d\d /)
  assert.match(own ?? '', /^log-sad red soil \d\.\d\d cotton crop \d\.\d\d /)
  assert.match(saved ?? '', /^log-sad flags beyond \d/)
  assert.deepEqual(more, [])
})

it('the examples are in the package', async () => {
  const { files }: { files: string[] } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  assert.ok(files.includes('docs'))
})
