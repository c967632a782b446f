import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, test } from 'node:test'
import { scorePair } from '../stats/samples.js'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'combinations-'))
after(() => rm(folder, { recursive: true }))
const { baseline, candidate } = scorePair(400, 120)
const file = async (name: string, text: string) => {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}
const lines = (patient: (i: number) => string) => {
  const of = (label: number, one: Float64Array, other: Float64Array) =>
    Array.from(one, (x, i) => `${label},${label === 0 ? '' : `k${i % 2}`},${x},${other[i]},${patient(i)}`)
  const rows = [...of(0, baseline.normal, candidate.normal), ...of(1, baseline.anomalous, candidate.anomalous)]
  return ['label,class,old_1,new_1,patient', ...rows].join('\n')
}
const scores = await file(
  'scores.csv',
  lines((i) => `p${i % 25}`),
)
const pair = [scores, '--baseline', 'old_1', '--candidate', 'new_1', '--quiet', '--resamples', '499']

test('a margin goes with groups and with several targets', async () => {
  const grouped = await cli('compare', ...pair, '--group', 'patient', '--margin', '0.1', '--json')
  assert.deepEqual([grouped.code, grouped.stderr], [0, ''])
  const json = JSON.parse(grouped.stdout)
  assert.deepEqual(
    [json.verdict, json.nGroups.all, json.classes[0].gate.kind, json.classes[0].nGroups],
    ['pass', 25, 'non-inferiority', 25],
  )
  const targets = await cli('compare', ...pair, '--fpr', '0.02,0.1', '--margin', 'k0=0.1', '--json')
  assert.equal(targets.code, 0)
  assert.deepEqual(
    JSON.parse(targets.stdout).targets.map((one: { verdict: string }) => one.verdict),
    ['pass', 'pass'],
  )
})

test('what is not defined together is refused with one message', async () => {
  const empty = await file(
    'empty.csv',
    lines((i) => (i === 3 ? '' : 'p')),
  )
  const one = await file(
    'one.csv',
    lines(() => 'p'),
  )
  const long = await file('long.csv', 'model,id,label,score\na,1,0,1\na,2,1,2\nb,1,0,1\n')
  const cases: [string[], RegExp][] = [
    [
      [scores, '--baseline', 'old_*', '--candidate', 'new_1', '--margin', '0.1'],
      /--margin is not for several trainings/,
    ],
    [
      [scores, '--baseline', 'old_*', '--candidate', 'new_1', '--fpr', '0.02,0.1'],
      /a list of --fpr is not for several trainings/,
    ],
    [[scores, '--baseline', 'odl_*', '--candidate', 'new_*'], /'odl_\*'.*old_1/],
    [[empty, ...pair.slice(1), '--group', 'patient'], /line 5|row 4/],
    [[one, ...pair.slice(1), '--group', 'patient'], /all samples are of one group, 'p'/],
    [[...pair, '--margin', '-0.1'], /margin must lie in \[0, 1\)/],
    [[...pair, '--margin', 'k7=0.1'], /'k7'/],
    [[...pair, '--mix', 'k0=0.5,k1=0.4'], /the shares of mix sum to 0\.9/],
    [[...pair, '--mix', 'k0=0.5,kk=0.5'], /'kk'/],
    [
      [...pair, '--fpr', '0.1,0.02'],
      /^error: --fpr has 0\.02 after 0\.1\. Give each target once, the smallest first$/m,
    ],
    [[...pair, '--fpr', '0.1,0.1'], /^error: --fpr has 0\.1 twice\. Give each target once, the smallest first$/m],
    [[...pair, '--group', 'patients'], /patients/],
    [[long, '--detector', 'model', '--key', 'id', '--baseline', 'a', '--candidate', 'b'], /'b'/],
  ]
  for (const [args, message] of cases) {
    const { code, stderr, stdout } = await cli('compare', ...args, '--quiet')
    assert.deepEqual([code, stdout], [2, ''], args.slice(1).join(' '))
    assert.match(stderr, message)
    assert.equal(
      stderr
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('error:')).length,
      1,
    )
  }
})

test('plan takes margins, groups and trainings, and refuses what is not of trainings', async () => {
  const plan = await cli(
    'plan',
    '--tpr-baseline',
    '0.6',
    '--margin',
    '10%',
    '--icc',
    '0.2',
    '--group-size',
    '4,2',
    '--json',
  )
  assert.equal(plan.code, 0)
  const json = JSON.parse(plan.stdout)
  assert.deepEqual([json.goal.kind, json.goal.margin, json.groups.size], ['gate', 0.1, { normal: 4, anomalous: 2 }])
  const trainings = await file(
    'trainings.csv',
    [
      'label,a1,a2,b1,b2',
      ...Array.from(baseline.normal, (x, i) => `0,${x},${candidate.normal[i]},${x},${x}`),
      ...Array.from(baseline.anomalous, (x, i) => `1,${x},${candidate.anomalous[i]},${x},${x + 1}`),
    ].join('\n'),
  )
  const pilot = [trainings, '--baseline', 'a*', '--candidate', 'b*', '--quiet']
  const found = await cli('plan', ...pilot, '--precision', '0.2', '--json')
  assert.deepEqual([found.code, found.stderr], [0, ''])
  const { sdBaseline, tradeoff } = JSON.parse(found.stdout)
  assert.ok(sdBaseline > 0 && tradeoff.length > 0)
  assert.match((await cli('plan', ...pilot, '--xi', '0.2')).stdout, /train each detector|no number of trainings/)
  for (const [args, message] of [
    [[...pilot, '--xi', '0.2', '--normals', '5'], /--normals is not for a plan of trainings/],
    [['--sample-error', '0.1', '--xi', '0.1'], /--sample-error and --training-sd go together/],
    [['--margin', '0.1', '--xi', '-0.2'], /No number of samples makes it pass/],
  ] as const) {
    const { code, stderr } = await cli('plan', ...args)
    assert.equal(code, 2)
    assert.match(stderr, message)
  }
})

describe('a baseline whose name has commas is one column', () => {
  const rows = Array.from({ length: 60 }, (_, i) => [Number(i >= 40), (7 * i) % 61, (11 * i) % 59, i])
  const text = (header: string) => [header, ...rows.map((row) => row.join())].join('\n')
  const asked = [['--margin', '0.9'], ['--fpr', '0.1,0.2'], ['--fpr-range', '0.1..0.5', '--margin', '0.9'], []]

  for (const baseline of ['a,b', 'a, b', '"a,b"']) {
    it(`as ${baseline}`, async () => {
      const commas = await file('commas.csv', text('label,"a,b",candidate,third'))
      for (const flags of asked) {
        const { code, stdout, stderr } = await cli(
          'compare',
          commas,
          '--baseline',
          baseline,
          ...flags,
          '--json',
          '--quiet',
        )
        assert.deepEqual([code, stderr], [0, ''])
        assert.match(stdout, /"a,b"/)
      }
      const candidates = ['--candidate', 'all', '--margin', '0.9', '--json', '--quiet']
      const all = await cli('compare', commas, '--baseline', baseline, ...candidates)
      assert.match(all.stdout, /"name": "third"/)
      const summary = join(folder, 'commas.summary')
      assert.equal((await cli('summarise', commas, '--baseline', baseline, '-o', summary)).code, 0)
      const planned = await cli('plan', commas, '--baseline', baseline, '--fpr', '0.1', '--precision', '0.2')
      assert.deepEqual([planned.code, planned.stderr.replace(/^reading.*\n/gm, '')], [0, ''])
    })
  }

  it('and two where there are columns of its parts', async () => {
    const parts = await file('parts.csv', text('label,a,b,candidate'))
    const { code, stderr } = await cli('compare', parts, '--baseline', 'a,b', '--margin', '0.1')
    assert.equal(code, 2)
    assert.match(
      stderr,
      /^error: --margin is not for several trainings .* name one column for the baseline, in double quotes if its name has commas, and/,
    )
  })
})
