import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { planText } from '../../src/report/plan/planText.js'
import * as theory from '../../src/rooms/theory.js'
import { cli as commandLine } from './commandLine.js'

const root = await mkdtemp(join(tmpdir(), 'plan-command-'))
after(() => rm(root, { recursive: true }))
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})

const cli = (...args: string[]) => commandLine('plan', ...args)

test('prints the numbers to label, the trade-off and all versions of Theorem 3', async () => {
  const args = ['--precision', '0.05', '--tpr-baseline', '0.4', '--tpr-candidate', '0.6', '--slope', '4,3']
  const { code, stdout, stderr } = await cli(...args)
  const plan = theory.planSamples({
    ...{ precision: 0.05, tprBaseline: 0.4, tprCandidate: 0.6, slopeBaseline: 4, slopeCandidate: 3 },
  })
  assert.deepEqual([code, stdout, stderr], [0, `${planText(plan)}\n`, ''])
  const number = (n: number) => n.toLocaleString('en')
  const { nNormal, nAnomalous } = plan.samples
  assert.ok(stdout.includes(`label ${number(nNormal)} normal and ${number(nAnomalous)} anomalous samples.`))
  for (const pair of plan.tradeoff) {
    assert.match(stdout, new RegExp(`│ +${number(pair.nNormal)} │ +${number(pair.nAnomalous)} │`))
  }
  for (const { version, needs, epsilonFromPlan } of plan.theorem) {
    assert.match(
      stdout,
      new RegExp(
        `│ ${version} +│ +${number(needs?.nNormal ?? 0)} │ +${number(needs?.nAnomalous ?? 0)} │ +${epsilonFromPlan.toFixed(3)} │`,
      ),
    )
  }
  assert.match(stdout, /slopes of the ROC curves 4\.00 and 3\.00, as given/)
})

test('plans for a power, with what there is', async () => {
  const { code, stdout } = await cli('--xi', '0.1', '--power', '0.9', '--normals', '20000', '--tpr-baseline', '0.3')
  assert.equal(code, 0)
  assert.match(
    stdout,
    /^To detect ξ = \+0\.10 with a power of 90 % at a false-positive rate of 5 %.*label 20,000 normal and/,
  )
  assert.match(stdout, /guessed: binormal curves with equal variances/)
  const short = await cli('--xi', '0.1', '--normals', '100', '--anomalies', '10')
  assert.equal(short.code, 0)
  assert.match(short.stdout, /^100 normal and 10 anomalous samples are too few to detect/)
  assert.match(short.stdout, /Warning: 100 normal samples allow fewer than 10 false alarms/)
})

test('--json prints the plan and nothing else', async () => {
  const { code, stdout, stderr } = await cli('--xi', '-0.1', '--slope', '3', '--anomaly-cost', '5', '--json')
  assert.deepEqual([code, stderr], [0, ''])
  const plan = theory.planSamples({ xi: -0.1, slopeBaseline: 3, slopeCandidate: 3, anomalyCost: 5 })
  assert.deepEqual(JSON.parse(stdout), { schema: 'plan-1', ...JSON.parse(JSON.stringify(plan)) })
})

test('--report writes a page that stands alone, or the chart', async () => {
  const [page, chart] = [join(folder, 'plan.html'), join(folder, 'plan.svg')]
  const { stderr } = await cli('--precision', '0.05', '--report', page)
  assert.equal(stderr, `Report written to ${page}.\n`)
  assert.equal((await cli('--precision', '0.05', '--report', chart, '--quiet')).stderr, '')
  const html = await readFile(page, 'utf8')
  const { samples, tradeoff } = theory.planSamples({ precision: 0.05 })
  assert.match(html, /^<!doctype html>/)
  assert.doesNotMatch(html, /<script|<link|src="http/)
  assert.ok(html.includes(`label ${samples.nNormal.toLocaleString('en')} normal`))
  for (const { nNormal } of tradeoff) assert.ok(html.includes(`<th scope="row">${nNormal.toLocaleString('en')}</th>`))
  assert.ok(html.includes(`scoring-bias plan --precision 0.05 --report ${page}`))
  const svg = await readFile(chart, 'utf8')
  assert.match(svg, /^<svg/)
  for (const name of ['plan', ...theory.theoremVersions]) assert.ok(svg.includes(`>${name}<`), name)
})

test('bad options exit with 2 and one clear message, and write nothing', async () => {
  const cases: [string[], RegExp][] = [
    [
      [],
      /^error: a plan needs one goal: a precision .*, a ξ to be detected with a power, or a margin of a gate that is to pass with a power\. Give one of precision \(--precision\), xi \(--xi\) and margin \(--margin\), or xi beside margin\n$/,
    ],
    [['--precision', '0.1', '--xi', '0.1'], /^error: a plan needs one goal/],
    [['--precision', '2'], /^error: --precision must lie strictly between 0 and 1, got 2\n$/],
    [['--precision', 'small'], /argument 'small' is invalid\. Not a number/],
    [['--precision', '0.1', '--slope', '1,2,3'], /argument '1,2,3' is invalid\. One number, or two/],
    [['--precision', '0.1', '--slope', '-1'], /^error: --slope must be at least 0, got -1\n$/],
    [['--precision', '0.1', '--fpr', '0'], /^error: --fpr must lie strictly between 0 and 1, got 0\n$/],
    [
      ['--precision', '0.01', '--normals', '50'],
      /^error: --normals must be at least \d+, however many anomalies there are, got 50\. .*\n$/,
    ],
    [['--xi', '0.1', '--anomalies', '5'], /^error: --anomalies must be at least \d+, however many normal samples/],
    [['--precision', '0.1', '--power', '0.8'], /^error: power \(--power\) does not go with precision \(--precision\)/],
    [
      ['--precision', '0.1', '--of-class', 'a'],
      /^error: --of-class says how to read the scores of a pilot, and there is none/,
    ],
    [['--precision', '0.1', '--normals', '1.5'], /^error: --normals must be an integer/],
    [['--xi', '0.9'], /^error: --xi must not be 0, and tprBaseline \+ xi must lie in \[0, 1\], got 0\.5 \+ 0\.9\n$/],
    [['--xi', '0.1', '--power', '1'], /^error: --power must lie strictly/],
    [['scores.csv', '--precision', '0.1'], /^error: cannot read scores\.csv: there is no such file\n$/],
  ]
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await cli('--report', join(folder, 'plan.html'), ...args)
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, message)
  }
  const nowhere = await cli('--precision', '0.1', '--report', join(folder, 'no', 'plan.html'))
  assert.deepEqual([nowhere.code, nowhere.stdout], [2, ''])
  assert.deepEqual(await readdir(folder), [])
})

test('a plan of trainings refuses what it does not take', async () => {
  const known = ['--sample-error', '0.01', '--training-sd', '0.03', '--xi', '0.1']
  assert.equal((await cli(...known)).code, 0)
  for (const more of [
    ['--fpr', '0.01'],
    ['--of-class', 'a'],
    ['--negate', 'candidate'],
    ['--label', 'kind'],
    ['--normals', '100'],
  ]) {
    const { code, stdout, stderr } = await cli(...known, ...more)
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, new RegExp(`^error: ${more[0]} (is not for a plan of trainings|says how to read the scores)`))
  }
})

test('a pilot gives the rates, unless they are given', async () => {
  // Of 40 normals two are above each threshold; of 20 anomalies of kind a the baseline finds 10 and the candidate 15.
  const rows = ['label,class,baseline,candidate']
  for (let i = 0; i < 40; i++) rows.push(`0,,${i},${39 - i}`)
  for (let i = 0; i < 20; i++) rows.push(`1,a,${i < 10 ? 50 + i : i},${i < 15 ? 50 + i : i}`, `1,b,60,${i}`)
  const pilot = join(folder, 'pilot.csv')
  await writeFile(pilot, `${rows.join('\n')}\n`)
  const expected = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli(pilot, '--precision', '0.2', '--json', '--quiet', ...args)
    assert.deepEqual([code, stderr], [0, ''])
    const { tprBaseline, tprCandidate, slopeSource, pilot: told } = JSON.parse(stdout).expected
    return [tprBaseline, tprCandidate, slopeSource, told.nNormal, told.nAnomalous]
  }
  assert.deepEqual(await expected('--of-class', 'a'), [0.5, 0.75, 'pilot', 40, 20])
  assert.deepEqual(await expected(), [0.75, 0.375, 'pilot', 40, 40])
  assert.deepEqual(await expected('--tpr-baseline', '0.3'), [0.3, 0.375, 'pilot', 40, 40])
  const { code, stderr } = await cli(pilot, '--precision', '0.2', '--quiet', '--of-class', 'c')
  assert.equal(code, 2)
  assert.match(stderr, /^error: .*pilot\.csv has no anomalies of class 'c'; known: a, b\n$/)
  await rm(pilot)
})
