import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'given-rates-'))
after(() => rm(folder, { recursive: true }))
const scores = join(folder, 'scores.csv')
before(async () => {
  const rows = Array.from({ length: 260 }, (_, i) =>
    i < 200 ? `0,,${Math.sin(i * i)},${Math.cos(i * i)}` : `1,kind ${i % 2},${i / 200},${i / 150}`,
  )
  await writeFile(scores, `label,class,baseline,candidate\n${rows.join('\n')}\n`)
})

/** What a command says, and its page as text without drawings. */
async function said(...args: string[]) {
  const report = join(folder, 'report.html')
  const { code, stdout, stderr } = await cli(...args, '--report', report)
  // Undecided is 4, with a margin.
  assert.ok(code === 0 || code === 4, stderr)
  const page = (await readFile(report, 'utf8')).replace(/<(style|script|svg)\b.*?<\/\1>/gs, '')
  return { text: stdout, page: page.replace(/<[^>]*>/g, ' ') }
}

for (const [fpr, shown] of [
  ['1e-6', '0.0001 %'],
  ['1e-7', '0.00001 %'],
  ['0.9999999', '99.99999 %'],
] as const) {
  test(`a target of ${fpr} is shown as that`, async () => {
    const table = join(folder, 'table.md')
    const { text, page } = await said('compare', scores, '--fpr', fpr, '--quiet', '--markdown', table)
    assert.ok(text.includes(`at FPR ${shown};`), text)
    const targets = page.match(/(?:target of|rate of|at most) +[\d.e-]+ %/g) ?? []
    assert.ok(targets.length >= 3)
    for (const one of targets) assert.ok(one.endsWith(` ${shown}`), one)
    const markdown = await readFile(table, 'utf8')
    assert.ok(markdown.includes(`false-positive rate of ${shown},`), markdown)
  })
}

test('so are levels, margins, shares of a mix and several targets', async () => {
  const asked = ['--fpr', '1e-6,0.9999999', '--level', '0.9999999', '--margin', '0.123456', '--quiet']
  const { text, page } = await said('compare', scores, ...asked, '--mix', 'kind 0=0.999999,kind 1=0.000001')
  for (const one of ['FPR 0.0001 %', 'FPR 99.99999 %', '99.99999 % interval', '0.123456', '0.0001 % kind 1']) {
    assert.ok(text.includes(one), one)
  }
  assert.doesNotMatch(text, /\b(?:0|100) %/)
  assert.match(page, /At a target of 0\.0001 %/)
  assert.doesNotMatch(page, /\b(?:rate of|target of|mix of) (?:0|100) %|\b100 % interval/)
})

test('so is what a plan is for', async () => {
  const { text, page } = await said('plan', '--fpr', '1e-6', '--xi', '0.1234', '--power', '0.5', '--quiet')
  for (const one of [text, page])
    assert.match(one, /ξ = \+0\.1234 with a power of 50 % at a false-positive rate of 0\.0001 %/)
})
