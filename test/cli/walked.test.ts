import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { normals } from '../stats/samples.js'
import { cli } from './commandLine.js'

// What a new user meets: wrong or half-said command lines on files of their own, each with one message that names the way out.

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'walked-'))
  const z = normals(1000, 5)
  const score = (i: number, d: number) => ((z[(7 * i + 131 * d) % 1000] ?? 0) + (i % 4 === 0 ? 2 : 0)).toFixed(4)
  const kinds = ['crack', 'dent', 'scratch']
  const kind = (i: number) => (i % 4 === 0 ? kinds[(i / 4) % 3] : 'fine')
  const rows = Array.from({ length: 400 }, (_, i) => i)
  const write = (name: string, head: string, row: (i: number) => string) =>
    writeFile(join(folder, name), `${[head, ...rows.map(row)].join('\n')}\n`)
  const binary = (i: number) => (i % 4 === 0 ? 1 : 0)
  await write('own.csv', 'label,class,patient,baseline,candidate', (i) =>
    [binary(i), kind(i), `p${i % 30}`, score(i, 0), score(i, 1)].join(),
  )
  await write('plain.csv', 'label,kind,baseline,candidate', (i) =>
    [binary(i), kind(i), score(i, 0), score(i, 1)].join(),
  )
  await write('sklearn.csv', 'label,kind,baseline,candidate', (i) =>
    [1 - 2 * binary(i), kind(i), score(i, 0), score(i, 1)].join(),
  )
  await write('named.csv', 'label,kind,baseline,candidate', (i) => [kind(i), kind(i), score(i, 0), score(i, 1)].join())
  await write('long.csv', 'id,label,model,score', (i) =>
    [i >> 1, binary(i >> 1), i % 2 ? 'a' : 'b', score(i, 0)].join(),
  )
  await write('wide.csv', 'label,a_1,a_2,b_1,b_2', (i) =>
    [binary(i), score(i, 0), score(i, 1), score(i, 2), score(i, 3)].join(),
  )
  await write('status.csv', 'f1,f2,label', (i) => [score(i, 0), score(i, 1), i % 4 === 0 ? kind(i) : 'ok'].join())
  const wide = Array.from({ length: 300 }, (_, j) => `f${j}`)
  await write('features.csv', [...wide, 'kind'].join(), (i) =>
    [...wide.map((_, j) => (z[(7 * i + 13 * j) % 1000] ?? 0).toFixed(3)), kind(i)].join(),
  )
})
after(() => rm(folder, { recursive: true }))

for (const [what, args, message] of [
  [
    'a long file without its detectors’ column',
    ['compare', 'long.csv'],
    /Say which to use with --baseline and --candidate .*\. If each row has the score of one detector, name the column of the detectors' names with --detector/,
  ],
  [
    'a pattern on one side alone',
    ['compare', 'wide.csv', '--baseline', 'a_*'],
    /no column 'candidate'\. Its columns are .*\. Say which are trainings of the candidate with --candidate\n$/,
  ],
  [
    'all candidates beside a pattern',
    ['compare', 'wide.csv', '--baseline', 'a_*', '--candidate', 'all'],
    /no column 'all'.*\. Several trainings are those of one candidate\. Name its columns with --candidate\n$/,
  ],
  [
    'columns on both sides',
    ['compare', 'wide.csv', '--baseline', '*', '--candidate', 'b_*'],
    /^error: columns 'b_1', 'b_2' are meant by both --baseline '\*' and --candidate 'b_\*'/,
  ],
  [
    'a mix without classes',
    ['compare', 'plain.csv', '--mix', 'crack=1'],
    /^error: mix names classes, but the samples have none\. Name their column with class \(--class\)/,
  ],
  [
    'margins without classes',
    ['compare', 'plain.csv', '--margin', 'crack=0.1'],
    /^error: margin names classes, but the samples have none\. Give one number, or name their column with class \(--class\)\n$/,
  ],
  [
    'an impossible share',
    ['compare', 'own.csv', '--prevalence', '2'],
    /^error: --prevalence must lie strictly between 0 and 1/,
  ],
  [
    'an impossible number a day',
    ['compare', 'own.csv', '--prevalence', '0.1', '--per-day', '-2'],
    /^error: --per-day must be above 0/,
  ],
  [
    'an impossible share of a mix',
    ['compare', 'own.csv', '--mix', 'crack=-0.2,dent=1.2'],
    /^error: --mix of 'crack' must lie in/,
  ],
  [
    'a range that is none',
    ['compare', 'own.csv', '--fpr-range', '0.01-0.1'],
    /It takes two rates with two dots between them/,
  ],
  [
    'targets twice',
    ['compare', 'own.csv', '--fpr', '1%,1/100'],
    /^error: --fpr has 0\.01 twice\. Give each target once, the smallest first\n$/,
  ],
  [
    'groups of a pilot with one training each',
    ['plan', 'own.csv', '--group', 'patient', '--xi', '0.2'],
    /^error: --group is for a pilot with several trainings of each detector\. Leave it out, and say .* with --icc and --group-size\n$/,
  ],
  [
    'a plan without a goal',
    ['plan', '--icc', '0.2'],
    /Give one of precision \(--precision\), xi \(--xi\) and margin \(--margin\)/,
  ],
  [
    'names of which one is normal by its name',
    ['study', 'status.csv'],
    /^error: the classes of .*status\.csv are .*ok.*\. Say with --normal which class is normal\. If 'ok' is normal, say --normal ok\n$/,
  ],
  [
    'a label behind three hundred features',
    ['study', 'features.csv'],
    /no column 'label'\. 'kind' \(crack, fine, .*\) looks like one\. Name it with --label kind\n$/,
  ],
] as const) {
  test(`${what}: one message, which says what to do`, async () => {
    const [command, source, ...rest] = args
    const paths = source.endsWith('.csv') ? [join(folder, source)] : [source]
    const { code, stdout, stderr } = await cli(
      command,
      ...paths,
      ...rest,
      ...(command === 'compare' ? ['--quiet'] : []),
    )
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, message)
  })
}

test('samples in groups are compared at several targets and on a mix, in every form', async () => {
  const page = join(folder, 'groups.html')
  const asked = [
    '--group',
    'patient',
    '--fpr',
    '5%,10%',
    '--mix',
    'crack=0.5,dent=0.5',
    '--margin',
    '0.9',
    '--report',
    page,
  ]
  const { code, stdout, stderr } = await cli('compare', join(folder, 'own.csv'), ...asked, '--quiet')
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(
    stdout,
    /At FPR 5 %:[\s\S]*On a mix of 50 % crack and 50 % dent[\s\S]*Samples come in 30 groups[\s\S]*At FPR 10 %:[\s\S]*On a mix/,
  )
  assert.match(await readFile(page, 'utf8'), /Verdict at all targets: pass\./)
})

for (const [args, target] of [
  [['--fpr', '1/20'], '5 %'],
  [['--fpr', '5%'], '5 %'],
  [['--xi', '20%', '--fpr', '1/100', '--level', '90%'], '1 %'],
] as const) {
  test(`plan ${args.join(' ')} reads rates as compare does`, async () => {
    const { code, stdout } = await cli('plan', ...(args[0] === '--xi' ? [] : ['--xi', '0.2']), ...args)
    assert.equal(code, 0)
    assert.ok(
      stdout.startsWith(`To detect ξ = +0.20 with a power of 80 % at a false-positive rate of ${target}`),
      stdout,
    )
  })
}

test('classes without a margin are named as not judged, in every form', async () => {
  const page = join(folder, 'gate.html')
  const table = join(folder, 'gate.md')
  const { stdout, code } = await cli(
    'compare',
    join(folder, 'own.csv'),
    '--margin',
    'crack=0.9',
    '--markdown',
    table,
    '--report',
    page,
  )
  assert.equal(code, 0)
  assert.match(stdout, /^Verdict on candidate: pass\. Not judged, having no margin: dent and scratch\.$/m)
})

test('a column of kinds is named beside any labels of two values, and not where labels are kinds', async () => {
  const warning = /column 'kind' has 3 names on the anomalous samples: .* --class kind\./
  for (const [file, ...more] of [['plain.csv'], ['sklearn.csv', '--normal', '1']] as const) {
    assert.match((await cli('compare', join(folder, file), ...more)).stdout, warning)
  }
  assert.doesNotMatch((await cli('compare', join(folder, 'named.csv'), '--normal', 'fine')).stdout, /--class/)
})
