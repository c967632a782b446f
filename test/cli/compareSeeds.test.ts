import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { normal } from '../../src/random/normal.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { relativeBiasOfSeeds } from '../../src/stats/runs/seedBias.js'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'compare-seeds-'))
after(() => rm(folder, { recursive: true }))
const file = (name: string) => join(folder, name)

const detectors = ['svdd_seed1', 'svdd_seed2', 'svdd_seed3', 'sad_seed1', 'sad_seed2', 'sad_seed10']
const n = 360
const common = normal(n, { seed: 3, stream: 1 })
const scores = detectors.map((_, d) =>
  normal(n, { seed: 3, stream: 2 + d }).map((x, i) => {
    const mean = i < 240 ? 0 : d < 3 ? 1 : 2
    return Number((mean + 0.7 * (common[i] ?? 0) + 0.7 * x).toFixed(5))
  }),
)
const isAnomalous = (i: number) => i >= 240
const kind = (i: number) => (isAnomalous(i) ? (i % 2 === 0 ? 'crack' : 'dent') : '')
const patient = (i: number) => `p${i % 40}`
const rows = Array.from({ length: n }, (_, i) => i)
const wideRow = (i: number, who = patient(i)) =>
  [who, Number(isAnomalous(i)), kind(i), ...scores.map((own) => own[i])].join()
const head = ['patient', 'label', 'class', ...detectors].join()

before(async () => {
  await writeFile(file('wide.csv'), [head, ...rows.map((i) => wideRow(i))].join('\n'))
  const long = rows.flatMap((i) =>
    scores.map((own, d) => {
      const [model, seed] = (detectors[d] ?? '').split('_seed')
      return [i, patient(i), Number(isAnomalous(i)), kind(i) || 'x', model, seed, own[i]].join()
    }),
  )
  await writeFile(file('long.csv'), ['id,patient,label,kind,model,seed,score', ...long].join('\n'))
})

const take = (own: Float64Array) => ({ normal: own.slice(0, 240), anomalous: own.slice(240) })
const classes = rows.filter(isAnomalous).map(kind)
const groups = { normal: rows.slice(0, 240).map(patient), anomalous: rows.slice(240).map(patient) }
const patterns = ['--baseline', 'svdd_seed*', '--candidate', 'sad_seed*']

async function json(...args: string[]) {
  const { code, stdout, stderr } = await cli('compare', ...args, '--json', '--quiet')
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

test('patterns compare trainings, as relativeBiasOfSeeds does, in one comparison', async () => {
  const pairs = scores.map(take)
  const direct = await relativeBiasOfSeeds(
    { baseline: pairs.slice(0, 3), candidate: pairs.slice(3) },
    { classes, seed: 4 },
  )
  const answer = await json(file('wide.csv'), ...patterns, '--seed', '4')
  assert.deepEqual(
    [answer.overall.xi, answer.overall.interval, answer.overall.recallsBaseline],
    [direct.xi, direct.interval, Array.from(direct.recallsBaseline)],
  )
  assert.deepEqual(
    answer.classes.map(({ name, simultaneous }: { name: string; simultaneous: unknown }) => [name, simultaneous]),
    direct.classes.map(({ name, simultaneous }) => [name, simultaneous]),
  )
  assert.deepEqual(
    answer.candidate.trainings.map(({ name }: { name: string }) => name),
    ['sad_seed1', 'sad_seed2', 'sad_seed10'],
  )
  const { sampleError, trainingError, trainingShare } = answer.overall
  assert.ok(Math.abs(trainingShare - trainingError ** 2 / (sampleError ** 2 + trainingError ** 2)) < 1e-12)
})

test('lists and a long file with runs are the same trainings', async () => {
  const wide = await json(file('wide.csv'), ...patterns)
  const lists = ['--baseline', detectors.slice(0, 3).join(), '--candidate', detectors.slice(3).join()]
  const listed = await json(file('wide.csv'), ...lists)
  assert.deepEqual(listed.overall, wide.overall)
  const columns = ['--detector', 'model', '--key', 'id', '--run', 'seed', '--class', 'kind']
  const long = await json(file('long.csv'), ...columns, '--baseline', 'svdd', '--candidate', 'sad')
  assert.deepEqual([long.overall, long.classes], [wide.overall, wide.classes])
  assert.deepEqual([long.baseline.name, long.baseline.trainings[0].name], ['svdd', 'svdd (seed 1)'])
})

test('groups are those of relativeBias, in every kind of file, beside one candidate and several', async () => {
  const [baseline, candidate] = [take(scores[0] ?? assert.fail()), take(scores[3] ?? assert.fail())]
  const direct = await relativeBias({ baseline, candidate }, { classes, groups })
  const names = ['--baseline', 'svdd_seed1', '--candidate', 'sad_seed1']
  const answer = await json(file('wide.csv'), ...names, '--group', 'patient')
  assert.deepEqual([answer.overall.interval, answer.nGroups], [direct.interval, { all: 40, normal: 40, anomalous: 40 }])
  assert.deepEqual(
    answer.classes.map((one: { interval: unknown; nGroups: number }) => [one.interval, one.nGroups]),
    direct.classes.map(({ interval, nGroups }) => [interval, nGroups]),
  )
  const several = await json(
    file('wide.csv'),
    ...['--baseline', 'svdd_seed1', '--candidate', 'sad_seed1,sad_seed2', '--group', 'patient'],
  )
  assert.deepEqual([several.candidates[0].overall.interval, several.multiplicity], [direct.interval, 'joint'])
  const seeds = await json(file('wide.csv'), ...patterns, '--group', 'patient')
  const columns = ['--detector', 'model', '--key', 'id', '--run', 'seed', '--class', 'kind', '--group', 'patient']
  const long = await json(file('long.csv'), ...columns, '--baseline', 'svdd', '--candidate', 'sad')
  assert.deepEqual([long.overall, long.nGroups], [seeds.overall, seeds.nGroups])
  for (const d of [0, 3]) {
    const own = rows.map((i) => [i, patient(i), Number(isAnomalous(i)), kind(i), scores[d]?.[i]].join())
    await writeFile(file(`${d}.csv`), ['id,patient,label,class,score', ...own].join('\n'))
  }
  const joined = await json(file('0.csv'), file('3.csv'), '--key', 'id', '--group', 'patient')
  assert.deepEqual(joined.overall, answer.overall)
})

test('text and CSV say trainings, their share and groups', async () => {
  const { stdout } = await cli('compare', file('wide.csv'), ...patterns, '--group', 'patient')
  assert.match(
    stdout,
    /^sad_seed\* \(3 trainings\) against svdd_seed\* \(3 trainings\) on .*wide\.csv: 120 anomalous samples/,
  )
  assert.match(stdout, /│ crack +│ +60 │ +0\.\d{3} ± 0\.\d{3} │/)
  assert.match(stdout, /│ +\d+ % │ [↑·↓] │/)
  assert.match(
    stdout,
    /Samples come in 40 groups: 40 with normal samples, 40 with anomalies\. Intervals and p-values of ξ take whole groups for what was drawn\./,
  )
  assert.match(stdout, /│ sad_seed10 +│/)
  const csv = (await cli('compare', file('wide.csv'), ...patterns, '--group', 'patient', '--csv', '--quiet')).stdout
  const [titles, first] = csv.split('\n').map((line) => line.split(','))
  assert.equal(titles?.length, first?.length)
  assert.deepEqual(first?.slice(0, 5), ['svdd_seed*', 'sad_seed*', 'crack', '60', '20'])
  const plain = (
    await cli(
      'compare',
      file('wide.csv'),
      ...['--baseline', 'svdd_seed1', '--candidate', 'sad_seed1'],
      '--group',
      'patient',
      '--csv',
      '--quiet',
    )
  ).stdout
  assert.match(plain, /,groups\n.*,20\n.*,20\n.*,40\n$/)
})

test('the report draws a dot for each training, and says groups', async () => {
  const { code, stderr } = await cli(
    'compare',
    file('wide.csv'),
    ...patterns,
    '--group',
    'patient',
    '--report',
    file('seeds.html'),
    '--quiet',
  )
  assert.equal(code, 0, stderr)
  const page = await readFile(file('seeds.html'), 'utf8')
  assert.match(page, /sad_seed\* \(3 trainings\) against svdd_seed\* \(3 trainings\)/)
  assert.match(page, /Samples come in 40 groups/)
  // Two classes, two detectors, three trainings each.
  assert.equal(page.match(/mark-symbol role-mark layer_2_marks.*?<\/g>/s)?.[0].match(/<path/g)?.length, 12)
  const grouped = await cli(
    'compare',
    file('wide.csv'),
    '--baseline',
    'svdd_seed1',
    '--candidate',
    'sad_seed1',
    '--group',
    'patient',
    '--report',
    file('groups.html'),
    '--quiet',
  )
  assert.equal(grouped.code, 0, grouped.stderr)
  assert.match(await readFile(file('groups.html'), 'utf8'), /Samples come in 40 groups/)
})

const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'a pattern that matches nothing',
    ['--baseline', 'svd_seed*', '--candidate', 'sad_seed*'],
    /has no column that matches 'svd_seed\*' \(did you mean 'svdd_seed1', 'svdd_seed2', 'svdd_seed3'\?\)/,
  ],
  [
    'a column on both sides',
    ['--baseline', 's*', '--candidate', 'sad_seed*'],
    /columns 'sad_seed1', 'sad_seed2', 'sad_seed10' are meant by both --baseline 's\*' and --candidate 'sad_seed\*'/,
  ],
  [
    'one training each',
    ['--baseline', 'svdd*1', '--candidate', 'sad*2'],
    /baseline and candidate have one training each/,
  ],
  ['an interval method', [...patterns, '--interval-method', 'bca'], /--interval-method is not for several trainings/],
  ['a curve', [...patterns, '--curve'], /--curve is not for several trainings/],
  ['runs without detectors', [...patterns, '--run', 'patient'], /score, key and run are for long files/],
  [
    'a group that is no column',
    ['--baseline', 'svdd_seed1', '--candidate', 'sad_seed1', '--group', 'patients'],
    /no column 'patients'.*did you mean 'patient'/,
  ],
  [
    'groups and an engine',
    ['--baseline', 'svdd_seed1', '--candidate', 'sad_seed1', '--group', 'patient', '--engine', 'tree'],
    /--engine is not for samples in groups, which --group asks for/,
  ],
  [
    'groups and a curve',
    ['--baseline', 'svdd_seed1', '--candidate', 'sad_seed1', '--group', 'patient', '--curve'],
    /--curve is not for samples in groups, which --group asks for\. Leave it out, or leave out --group/,
  ],
]
for (const [name, args, message] of refusals) {
  test(`refuses ${name}`, async () => {
    const { code, stderr } = await cli('compare', file('wide.csv'), ...args)
    assert.equal(code, 2, stderr)
    assert.match(stderr.replaceAll('\n', ' '), message)
  })
}

test('a group with a missing name is refused with its line, and so is one group alone', async () => {
  for (const [missing, said] of [
    ['', 'is empty'],
    ['NA', "is 'NA', a missing value"],
  ] as const) {
    await writeFile(
      file('missing.csv'),
      [head, ...rows.map((i) => wideRow(i, i === 250 ? missing : patient(i)))].join('\n'),
    )
    const { code, stderr } = await cli('compare', file('missing.csv'), ...patterns, '--group', 'patient')
    assert.equal(code, 2)
    assert.match(stderr, new RegExp(`missing\\.csv line 252: column 'patient' ${said}`))
  }
  await writeFile(file('one.csv'), [head, ...rows.map((i) => wideRow(i, 'p1'))].join('\n'))
  const { code, stderr } = await cli('compare', file('one.csv'), ...patterns, '--group', 'patient')
  assert.equal(code, 2)
  assert.match(stderr, /all samples are of one group, 'p1'/)
})

test('a baseline whose name has a comma is one column, and a column named like a pattern is itself', async () => {
  const pair = rows.map((i) => [Number(isAnomalous(i)), scores[0]?.[i], scores[3]?.[i]].join())
  await writeFile(file('comma.csv'), ['label,"a, b",c*', ...pair].join('\n'))
  const answer = await json(file('comma.csv'), '--baseline', 'a, b', '--candidate', 'c*')
  assert.deepEqual([answer.baseline.name, answer.candidate.name], ['a, b', 'c*'])
})

test('samples that lack a score are left out with their groups', async () => {
  const holes = rows.map((i) => (i === 3 || i === 300 ? wideRow(i).replace(/[^,]*$/, '') : wideRow(i)))
  await writeFile(file('holes.csv'), [head, ...holes].join('\n'))
  const answer = await json(file('holes.csv'), ...patterns, '--group', 'patient', '--drop-missing')
  assert.deepEqual([answer.nNormal, answer.nAnomalous, answer.nGroups.all], [239, 119, 40])
})
