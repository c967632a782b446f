import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { cli } from './commandLine.js'

const folder = mkdtempSync(join(tmpdir(), 'summarise-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

const wave = (i: number, k: number) => (10 * Math.sin(k * (i + 1))).toFixed(6)
const rows = (first: number, n: number) =>
  Array.from({ length: n }, (_, j) => first + j).map((i) => {
    const label = Number(i % 10 === 0)
    return [
      `k${i}`,
      label === 1 ? ['crack', 'dent'][(i / 10) % 2] : 'fine',
      Number(wave(i, 2)) + 5 * label,
      Number(wave(i, 3)) + 8 * label,
    ]
  })

function table(name: string, own: readonly (readonly unknown[])[]): string {
  writeFileSync(at(name), `${[['id', 'kind', 'old', 'new'], ...own].map((row) => row.join()).join('\n')}\n`)
  return at(name)
}

const reading = ['--label', 'kind', '--normal', 'fine', '--baseline', 'old', '--candidate', 'new', '--negate', 'old']

test('summaries of parts compare as their rows in one file do', async () => {
  const [a, b] = [table('a.csv', rows(0, 3000)), table('b.csv', rows(3000, 2500))]
  const whole = table('whole.csv', rows(0, 5500))
  for (const path of [a, b]) {
    const { code, stdout, stderr } = await cli('summarise', path, ...reading, '--fpr', '1%', '-o', `${path}.summary`)
    assert.deepEqual([code, stdout], [0, ''])
    assert.match(
      stderr,
      /^Kept \d+ of 2,\d+ normal samples and \d+ anomalous samples\. Summary written to \S+ \([\d,]+ bytes\)\.\n$/m,
    )
  }
  const [merged, expected] = [
    await cli('compare', `${b}.summary`, `${a}.summary`, '--fpr', '0.01', '--json'),
    await cli('compare', whole, ...reading, '--fpr', '0.01', '--json'),
  ]
  const answer = (text: string) => ({ ...JSON.parse(text), source: '', elapsedSeconds: 0 })
  assert.deepEqual(answer(merged.stdout), answer(expected.stdout))
  assert.match(JSON.parse(merged.stdout).source, /^2 summaries \(\S+a\.csv, \S+b\.csv\)$/)
})

test('files that are joined, and a long one, give the same summary as one with all columns', async () => {
  const own = rows(0, 1500)
  const whole = table('wide.csv', own)
  const long = own.flatMap(([id, kind, old, later]) => [
    [id, kind, 'old', old],
    [id, kind, 'new', later],
  ])
  writeFileSync(at('long.csv'), `${[['id', 'kind', 'model', 'score'], ...long].map((row) => row.join()).join('\n')}\n`)
  for (const [place, name] of [
    [2, 'old'],
    [3, 'new'],
  ] as const) {
    const scores = own.map((row) => [row[0], row[1], row[place]].join()).join('\n')
    writeFileSync(at(`${name}.csv`), `id,kind,score\n${scores}\n`)
  }
  const sides = ['--label', 'kind', '--normal', 'fine']
  const calls = {
    wide: [whole, ...sides, '--baseline', 'old', '--candidate', 'new'],
    long: [at('long.csv'), ...sides, '--detector', 'model', '--key', 'id', '--baseline', 'old', '--candidate', 'new'],
    joined: [at('old.csv'), at('new.csv'), ...sides, '--key', 'id'],
  }
  const answers: unknown[] = []
  for (const [name, args] of Object.entries(calls)) {
    const made = await cli('summarise', ...args, '--fpr', '0.02', '-o', at(`${name}.summary`), '--quiet')
    assert.deepEqual([made.code, made.stderr], [0, ''])
    const { stdout } = await cli('compare', at(`${name}.summary`), '--fpr', '0.02', '--json')
    answers.push({ ...JSON.parse(stdout), source: '', elapsedSeconds: 0 })
  }
  assert.deepEqual(answers[1], answers[0])
  assert.deepEqual(answers[2], answers[0])
})

test('what summaries do not answer is refused, and nothing is written over', async () => {
  const path = table('c.csv', rows(0, 1000))
  await cli('summarise', path, ...reading, '-o', at('c.summary'), '--quiet')
  const before = readFileSync(at('c.summary'))
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['compare', at('c.summary'), '--negate', 'old'],
      /--negate says how files of scores are read, and summaries are read already/,
    ],
    [
      ['compare', at('c.summary'), '--curve'],
      /targets up to 0\.5 read the [\d,]+ largest normal scores .* with --keep 0\.8\d+$/m,
    ],
    [['compare', at('c.summary'), path], /c\.csv is no summary of scores/],
    [['summarise', path, '-o', path], /would replace a file in use/],
    [['summarise', path, ...reading, '--keep', '0', '-o', at('c.summary')], /keep must be above 0, got 0/],
    [
      ['summarise', path, '--baseline', 'o*', '--label', 'kind', '-o', at('c.summary')],
      /summaries are of detectors that were trained once/,
    ],
    [['summarise', path], /required option '-o, --output <path>' not specified/],
  ]
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await cli(...args)
    assert.ok(code !== 0, args.join(' '))
    assert.equal(stdout, '')
    assert.match(stderr, message)
  }
  assert.deepEqual(readFileSync(at('c.summary')), before)
  assert.ok(!existsSync(at('c.html')))
})
