import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { scorePair } from '../stats/samples.js'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'compare-range-'))
after(() => rm(folder, { recursive: true }))
const { baseline, candidate } = scorePair(600, 150)
const row = (label: number, name: string) => (x: number, i: number) =>
  `${label},${label === 0 ? '' : `k${i % 2}`},${x},${(label === 0 ? candidate.normal : candidate.anomalous)[i]},${name}${i % 30}`
const scores = join(folder, 'scores.csv')
await writeFile(
  scores,
  [
    'label,class,baseline,candidate,patient',
    ...Array.from(baseline.normal, row(0, 'p')),
    ...Array.from(baseline.anomalous, row(1, 'p')),
  ].join('\n'),
)

test('--fpr-range averages over the logarithm, or with --over fpr over the rate, and takes margins and groups', async () => {
  const plain = await cli('compare', scores, '--fpr-range', '1%..1/10', '--json', '--quiet', '--resamples', '499')
  assert.deepEqual([plain.code, plain.stderr], [0, ''])
  const json = JSON.parse(plain.stdout)
  assert.deepEqual([json.fprRange, json.over, json.candidates.length], [[0.01, 0.1], 'log', 1])
  const markdown = join(folder, 'gate.md')
  const gate = await cli(
    ...['compare', scores, '--fpr-range', '0.01..0.1', '--over', 'fpr', '--margin', '0.05', '--group', 'patient'],
    ...['--markdown', markdown, '--resamples', '499', '--quiet'],
  )
  assert.deepEqual([gate.code, gate.stderr], [0, ''])
  assert.match(gate.stdout, /FPR from 1 % to 10 %\. The mean is over the FPR/)
  assert.match(gate.stdout, /Samples come in 30 groups/)
  assert.match(await readFile(markdown, 'utf8'), /Verdict on candidate: pass/)
  const worse = await cli(
    ...[
      'compare',
      scores,
      '--baseline',
      'candidate',
      '--candidate',
      'baseline',
      '--fpr-range',
      '0.01..0.1',
      '--margin',
      '0.05',
      '--csv',
    ],
    ...['--resamples', '499', '--quiet'],
  )
  assert.equal(worse.code, 3)
})

test('what a range does not go with is refused before anything is read', async () => {
  const cases: [string[], RegExp][] = [
    [['--fpr-range', '0.1..0.01'], /It must go up, from above 0 to below 1/],
    [['--fpr-range', '0..0.01'], /It must go up/],
    [['--fpr-range', '0.01'], /two rates with two dots/],
    [['--fpr-range', '0.01..0.1..0.2'], /two rates with two dots/],
    [['--fpr-range', 'a..b'], /Not a number/],
    [['--fpr-range', '0.01..0.1', '--fpr', '0.05'], /--fpr-range and --fpr both say the target/],
    [['--fpr-range', '0.01..0.1', '--alerts', '2', '--per', '100'], /--fpr-range and --alerts both/],
    [['--over', 'fpr'], /--over is of an average over a range/],
    [['--fpr-range', '0.01..0.1', '--over', 'lin'], /log, fpr/],
    [['--fpr-range', '0.01-0.1'], /two rates with two dots/],
    [['--fpr-range', '0.01..0.1', '--interval-method', 'bca'], /--interval-method is not for an average/],
    [['--fpr-range', '0.01..0.1', '--baseline', 'a*'], /--fpr-range is not for several trainings/],
  ]
  for (const [args, message] of cases) {
    const { code, stderr } = await cli('compare', join(folder, 'none.csv'), ...args)
    assert.equal(code, 2, args.join(' '))
    assert.match(stderr, message)
  }
})
