import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { normal } from '../../src/random/normal.js'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'gate-'))
after(() => rm(folder, { recursive: true }))

/** 600 normals and 900 anomalies of three classes; the candidate detects fewer of `dent`. */
const hostile = '@team|<b>x</b> #12'
const classes = ['crack', 'dent', hostile]
const [shared, own, other] = [1, 2, 3].map((stream) => normal(1500, { seed: 4, stream })) as [
  Float64Array,
  Float64Array,
  Float64Array,
]
const rows = Array.from(shared, (x, i) => {
  const isNormal = i < 600
  const mean = isNormal ? 0 : 3
  const loss = !isNormal && i % 3 === 1 ? 0.9 : 0
  const name = isNormal ? '' : classes[i % 3]
  return [Number(!isNormal), x + 0.3 * (own[i] ?? 0) + mean, x + 0.3 * (other[i] ?? 0) + mean - loss, name].join()
})
const scores = join(folder, 'scores.csv')
await writeFile(scores, ['label,baseline,candidate,class', ...rows].join('\n'))
const compare = (...args: string[]) => cli('compare', scores, '--quiet', ...args)

for (const [args, code, headline] of [
  [[], 0, undefined],
  [['--margin', '0.1'], 3, /Verdict on candidate: fail\. Fail: dent\./],
  [['--margin', '50%'], 0, /Verdict on candidate: pass\./],
  [['--margin', 'crack=0.1'], 0, /Verdict on candidate: pass\./],
  [['--margin', 'crack=1/1000'], 4, /Undecided: crack \(has 300, more of them alone would not decide\)\./],
  [['--margin', 'crack=0.001', '--undecided', 'pass'], 0, /undecided/],
  [['--margin', 'crack=0.001', '--undecided', 'fail'], 3, /undecided/],
  [['--margin', `${hostile}=0.2,dent=0`], 3, /Fail: dent\./],
  [['--gate', 'superiority'], 3, /superiority, ξ > margin/],
  [['--gate', 'equivalence', '--margin', 'crack=0.1'], 0, /−margin < ξ < margin/],
  [['--margin', '0.1', '--csv'], 3, /,margin,lower_limit,upper_limit,verdict\n/],
  [['--margin', '0.1', '--json'], 3, /"verdict": "fail"/],
] as const) {
  test(`compare ${args.join(' ')} ends with ${code}`, async () => {
    const said = await compare(...args)
    assert.equal(said.code, code, said.stderr)
    if (headline === undefined) assert.doesNotMatch(said.stdout, /erdict/)
    else assert.match(said.stdout, headline)
  })
}

for (const [args, message] of [
  [['--margin', '-0.1'], /^error: --margin must lie in \[0, 1\), got -0\.1\n$/],
  [['--margin', 'NaN'], /It takes a number, as 0\.02 or 2%, or one by class/],
  [['--margin', ''], /It takes a number, as 0\.02/],
  [['--margin', '0.1,0.2'], /It takes a number, as 0\.02/],
  [['--margin', 'dent'], /or one by class, as crack=0,dent=0\.05/],
  [['--margin', '1/0'], /divided by 0/],
  [['--margin', 'crak=0.1'], /^error: unknown class of margin 'crak' \(did you mean 'crack'\?\)/],
  [['--margin', 'crack=0.1,crack=0.2'], /Class 'crack' is named twice/],
  [['--margin', 'crack=0.1,dent'], /It takes class=value/],
  [['--gate', 'equivalence'], /needs a margin/],
  [['--undecided', 'pass'], /^error: --undecided needs a verdict\. Ask for one with --margin\n$/],
  [['--margin', '0.1', '--undecided', 'maybe'], /Allowed choices are pass, fail/],
  [['--markdown', scores], /--markdown would replace a file in use/],
] as const) {
  test(`compare ${args.slice(0, 4).join(' ').replace(folder, '')} is refused`, async () => {
    const { code, stdout, stderr } = await compare(...args)
    assert.deepEqual([code, stdout], [2, ''], stderr)
    assert.match(stderr, message)
  })
}

test('--markdown writes a table in which no name acts', async () => {
  const path = join(folder, 'table.md')
  assert.equal((await compare('--margin', '0.1', '--markdown', path)).code, 3)
  const text = await readFile(path, 'utf8')
  assert.match(text, /^### <code>candidate<\/code> against <code>baseline<\/code>\n\n\*\*Verdict on candidate: fail\./)
  const [, , ...table] = text.split('\n').filter((line) => line.startsWith('|'))
  assert.equal(table.length, 4)
  for (const line of table) assert.equal(line.split('|').length, 12, line)
  assert.match(text, /Fail: dent\.\*\*\n/)
  const names = text.replaceAll(/<\/?code>/g, '')
  assert.doesNotMatch(names, /[<@]| #12|b>x/)
  assert.match(text, /\| \*\*fail\*\* \|/)
})

test('help says what the exit codes are', async () => {
  const { stdout } = await cli('compare', '--help')
  assert.match(stdout, /Exit codes:\n {2}0 +done; with --margin: pass\n/)
  assert.match(stdout, / {2}4 +with --margin: undecided/)
})
