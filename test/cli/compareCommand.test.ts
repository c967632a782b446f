import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { joinScores } from '../../src/compare/joinScores.js'
import { readScores } from '../../src/compare/readScores.js'
import { compareCsv } from '../../src/report/compare/compareCsv.js'
import { compareJson } from '../../src/report/compare/compareJson.js'
import { compareReport } from '../../src/report/compare/compareReport.js'
import { compareText } from '../../src/report/compare/compareText.js'
import { cli as commandLine } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'compare-cli-'))
after(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const cli = (...args: string[]) => commandLine('compare', ...args)

interface Case {
  readonly fpr: number
  readonly csv: string
}
const cases: Case[] = JSON.parse(await readFile(new URL('../oracle/compare_numpy.json', import.meta.url), 'utf8'))
const [continuous = assert.fail(), tied = assert.fail(), three = assert.fail()] = cases
const scores = await file('scores.csv', continuous.csv)
const quick = ['--resamples', '500', '--quiet']

/** All but the time that it took. */
function untimed(json: string): object {
  const { elapsedSeconds, ...rest } = JSON.parse(json)
  assert.equal(typeof elapsedSeconds, 'number')
  return rest
}

describe('scoring-bias compare', () => {
  it('prints a table for people, progress on stderr only', async () => {
    const { code, stdout, stderr } = await cli(scores, '--resamples', '500')
    const comparison = await compare(await readScores(scores), { resamples: 500 })
    assert.deepEqual([code, stdout], [0, `${compareText(comparison)}\n`])
    assert.match(stderr, /^reading: [\d,]+, \d+ s\n/)
    assert.match(
      stdout,
      /candidate against baseline on .*scores\.csv: 210 anomalous samples, thresholds from 300 normal/,
    )
    assert.match(stdout, /│ kind 0 +│ +120 │ +0\.\d{3} │ +0\.\d{3} │ +[+−]0\.\d{3} │ \[[+−]/)
    assert.match(stdout, /simultaneous intervals hold for all classes at once with 95 %/)
    assert.match(stdout, /FPR validation/)
    assert.match(stdout, /Intervals: confidence, computed, no resampling; thresholds: inverse-cdf\./)
    assert.equal((await cli(scores, ...quick)).stderr, '')
  })

  it('--json prints one object with the fields specified', async () => {
    const { code, stdout } = await cli(scores, '--json', '--curve-fprs', '0.05,0.1', ...quick)
    const comparison = await compare(await readScores(scores), { resamples: 500, curve: [0.05, 0.1] })
    assert.equal(code, 0)
    assert.deepEqual(untimed(stdout), untimed(JSON.stringify(compareJson(comparison))))
    const json = JSON.parse(stdout)
    assert.deepEqual(Object.keys(json).slice(0, 12), [
      'schema',
      'fpr',
      'level',
      'intervalMethod',
      'resamples',
      'seed',
      'engine',
      'nNormal',
      'baseline',
      'candidate',
      'classes',
      'overall',
    ])
    const fields = [
      'name',
      'n',
      'tprBaseline',
      'tprCandidate',
      'xi',
      'interval',
      'pValue',
      'simultaneous',
      'pAdjusted',
      'direction',
    ]
    for (const one of [...json.classes, json.overall]) {
      assert.deepEqual(Object.keys(one).slice(0, 10), fields)
      assert.deepEqual([typeof one.tprBaseline, one.interval.length, one.simultaneous.length], ['number', 2, 2])
    }
    for (const detector of [json.baseline, json.candidate]) {
      assert.deepEqual(Object.keys(detector).slice(0, 2), ['threshold', 'validationFpr'])
      assert.deepEqual([typeof detector.threshold, detector.validationFpr], ['number', 0.05])
    }
    assert.deepEqual([json.source, json.warnings, json.curve.points.length], [scores, comparison.warnings, 2])
  })

  it('--json of several candidates is a list of them', async () => {
    const path = await file('three.csv', three.csv)
    const { stdout } = await cli(path, '--baseline', 'old', '--candidate', 'all', '--fpr', '0.3', '--json', ...quick)
    const { candidates, baseline, classes, multiplicity } = JSON.parse(stdout)
    assert.deepEqual([baseline.name, classes, multiplicity], ['old', undefined, 'bonferroni'])
    assert.deepEqual(
      candidates.map((one: { candidate: { name: string }; classes: unknown[] }) => [
        one.candidate.name,
        one.classes.length,
      ]),
      [
        ['new', 2],
        ['other', 2],
      ],
    )
    const text = await cli(path, '--baseline', 'old', '--candidate', 'new,other', ...quick)
    assert.match(
      text.stdout,
      /new against old[\s\S]*other against old[\s\S]*hold for all classes and candidates at once/,
    )
  })

  it('--csv says what of a use it leaves out, and --report takes no name of a picture', async () => {
    const path = await file('three.csv', three.csv)
    const detectors = ['--baseline', 'old', '--candidate', 'new']
    const asked = ['--csv', '--resamples', '200', ...detectors]
    const mix = ['--mix', `${(await readScores(path, { baseline: 'old', candidates: ['new'] })).classes?.[0]}=1`]
    assert.match(
      (await cli(path, ...asked, ...mix)).stderr,
      /\nNote: --csv leaves out the mix\. Take --json for all\.\n$/,
    )
    const both = await cli(path, ...asked, ...mix, '--prevalence', '0.01')
    assert.match(both.stderr, /\nNote: --csv leaves out the mix, precision and alerts\. Take --json for all\.\n$/)
    for (const { stderr } of [await cli(path, ...asked), await cli(path, ...asked, ...mix, '--quiet')])
      assert.doesNotMatch(stderr, /Note/)
    const picture = join(folder, 'picture.svg')
    const { code, stdout, stderr } = await cli(path, ...detectors, '--report', picture)
    assert.deepEqual([code, stdout], [2, ''])
    assert.equal(
      stderr,
      `error: --report ${picture}: the report is a page with several pictures, which no .svg file can hold. Name an .html page\n`,
    )
  })

  it('--csv prints a row for each class and candidate, warnings on stderr', async () => {
    const path = await file('tied.csv', tied.csv)
    const { stdout, stderr } = await cli(path, '--csv', '--fpr', '0.07', '--resamples', '500')
    const comparison = await compare(await readScores(path), { resamples: 500, fpr: 0.07 })
    assert.equal(stdout, `${compareCsv(comparison)}\n`)
    const [header, ...rows] = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(','))
    assert.deepEqual([header?.length, rows.map((row) => row[2])], [15, ['kind 1', 'kind 0', '']])
    assert.match(
      stderr,
      /^Warning: 5 normal samples and 6 anomalous samples have exactly the score 1\.6, which is the threshold of 'baseline'/m,
    )
  })

  it('hands every option on', async () => {
    const { stdout } = await cli(
      ...[
        scores,
        '--fpr',
        '0.1',
        '--threshold-rule',
        'certified',
        '--delta',
        '0.2',
        '--level',
        '0.9',
        '--interval-method',
        'percentile',
      ],
      ...['--resamples', '200', '--seed', '7', '--engine', 'direct', '--curve', '--json', '--quiet', '--format', 'csv'],
    )
    const options = {
      fpr: 0.1,
      thresholdRule: 'certified',
      delta: 0.2,
      level: 0.9,
      intervalMethod: 'percentile',
    } as const
    const rest = { resamples: 200, seed: 7, engine: 'direct', curve: true } as const
    const comparison = await compare(await readScores(scores), { ...options, ...rest })
    assert.deepEqual(untimed(stdout), untimed(JSON.stringify(compareJson(comparison))))
    const text = await cli(scores, '--threshold-rule', 'certified', ...quick)
    assert.match(
      text.stdout,
      /Thresholds are certified: each detector's true FPR exceeds 5 % with probability 5 % at most/,
    )
  })

  it('reads names in the label and other columns', async () => {
    const named = continuous.csv
      .replace('label,class,baseline,candidate', 'kind,group,a,b')
      .replaceAll(/^0,/gm, 'fine,')
      .replaceAll(/^1,/gm, 'bad,')
    const path = await file('named.csv', named)
    const columns = ['--label', 'kind', '--normal', 'fine', '--baseline', 'a', '--candidate', 'b', '--class', 'group']
    const { stdout } = await cli(path, ...columns, '--json', ...quick)
    const { baseline, candidate, source, ...ours } = JSON.parse(stdout)
    const { classes, overall } = JSON.parse((await cli(scores, '--json', ...quick)).stdout)
    assert.deepEqual([ours.classes, ours.overall, baseline.name, candidate.name], [classes, overall, 'a', 'b'])
  })

  it('joins two files by a key', async () => {
    const lines = continuous.csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line, i) => [`s${i}`, ...line.split(',')])
    const old = await file(
      'old.csv',
      `id,label,class,score\n${lines.map((row) => `${row.slice(0, 4).join()}\n`).join('')}`,
    )
    const other = await file(
      'new.csv',
      `id,score\n${lines
        .toReversed()
        .map((row) => `${row[0]},${row[4]}\n`)
        .join('')}`,
    )
    const { stdout } = await cli(old, other, '--key', 'id', '--json', ...quick)
    const joined = await compare(await joinScores([old, other], { key: 'id' }), { resamples: 500 })
    assert.deepEqual(untimed(stdout), untimed(JSON.stringify(compareJson(joined))))
    const { classes } = JSON.parse((await cli(scores, '--json', ...quick)).stdout)
    assert.deepEqual(JSON.parse(stdout).classes, classes)
    assert.deepEqual([joined.baseline.name, joined.candidates[0]?.candidate.name], ['old', 'new'])
  })

  it('--report writes the page with the curve and the command, and says so on stderr', async () => {
    const path = join(folder, 'out.html')
    const { code, stdout, stderr } = await cli(scores, '--report', path, '--resamples', '300')
    assert.equal(code, 0)
    assert.match(stderr, new RegExp(`Report written to ${path}\\.\\n$`))
    const page = await readFile(path, 'utf8')
    assert.ok(page.startsWith('<!doctype html>'))
    assert.ok(page.includes(`scoring-bias compare ${scores} --report ${path} --resamples 300`))
    assert.match(stdout, /candidate against baseline/)
    const data = await readScores(scores)
    const comparison = await compare(data, { resamples: 300, curve: true, laws: true })
    const seconds = /Computed in[^0-9]*[0-9.]+ s/
    const command = `scoring-bias compare ${scores} --report ${path} --resamples 300`
    assert.equal(page.replace(seconds, ''), (await compareReport(comparison, data, { command })).replace(seconds, ''))
    await rm(path)
  })

  it('leaves the report that is there untouched on bad input, and refuses a path it cannot write before reading', async () => {
    const path = await file('kept.html', 'an earlier report')
    const bad = await file('bad.csv', 'label,baseline,candidate\n0,1,2\n1,x,2\n')
    assert.equal((await cli(bad, '--report', path, ...quick)).code, 2)
    assert.equal(await readFile(path, 'utf8'), 'an earlier report')
    const { code, stderr } = await cli(join(folder, 'none.csv'), '--report', join(folder, 'no', 'out.html'))
    assert.equal(code, 2)
    assert.match(stderr, /^error: cannot write .*out\.html: its folder does not exist\n$/)
  })

  it('refuses bad usage and bad input with exit code 2, one message, nothing on stdout and no file touched', async () => {
    const head = 'label,baseline,candidate\n'
    const joined = await file('left.csv', 'id,label,score\na,0,1\nb,1,2\n')
    const cases: [string[], RegExp][] = [
      [[], /missing required argument 'scores'/],
      [[scores, '--interval-method', 'exact'], /Allowed choices are confidence/],
      [[scores, '--fpr', 'five'], /Not a number/],
      [[scores, '--fpr', '1'], /fpr must lie strictly between 0 and 1, got 1/],
      [[scores, '--delta', '0.1'], /delta goes with the threshold 'certified' only/],
      [[scores, '--json', '--csv'], /--json and --csv both go to stdout/],
      [[scores, '--score', 's'], /--score is only for files joined with --key/],
      [[scores, scores], /Name that column with --key/],
      [[join(folder, 'none.csv')], /there is no such file/],
      [[scores, '--candidate', 'candidat'], /no column 'candidat' \(did you mean 'candidate'\?\)\. Its columns are /],
      [[await file('word.csv', `${head}0,1,2\n1,x,2\n`)], /word\.csv line 3: column 'baseline' is 'x', not a number/],
      [[await file('nan.csv', `${head}0,1,2\n1,NaN,2\n`)], /nan\.csv line 3: column 'baseline' is 'NaN'/],
      [[await file('normal.csv', `${head}0,1,2\n`)], /there is no anomalous sample among 1 sample\./],
      [[await file('empty.csv', '')], /empty\.csv is empty/],
      [[await file('cut.csv.gz', Buffer.from([0x1f, 0x8b, 8, 0]))], /cut\.csv\.gz is gzip that is cut short/],
      [[await file('no.parquet', 'text')], /no\.parquet/],
      [
        [joined, await file('right.csv', 'id,score\na,1\na,2\n'), '--key', 'id'],
        /right\.csv line 3: key 'a' appears a second/,
      ],
    ]
    const before = (await readdir(folder)).toSorted()
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await cli(...args, '--quiet')
      assert.deepEqual([code, stdout], [2, ''], args.join(' '))
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /\n\s+at /)
      if (stderr.startsWith('error: ') && !stderr.includes('--help')) assert.equal(stderr.trim().split('\n').length, 1)
    }
    assert.deepEqual((await readdir(folder)).toSorted(), before)
  })
})

it('reads standard input as a process of its own', async () => {
  const main = new URL('../../dist/cli/main.js', import.meta.url).pathname
  const child = spawn(process.execPath, [main, 'compare', '-', '--json', ...quick])
  child.stdin.end(continuous.csv)
  let stdout = ''
  for await (const text of child.stdout.setEncoding('utf8')) stdout += text
  const { classes, source } = JSON.parse(stdout)
  assert.equal(source, 'standard input')
  assert.deepEqual(classes, JSON.parse((await cli(scores, '--json', ...quick)).stdout).classes)
})
