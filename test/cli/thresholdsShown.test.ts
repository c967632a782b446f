import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'thresholds-shown-'))
after(() => rm(folder, { recursive: true }))

const normals = Array.from({ length: 100 }, (_, i) => i)
const anomalies = Array.from({ length: 40 }, (_, i) => [80 + ((7 * i) % 41), 80 + ((11 * i) % 41)] as const)

/** What is flagged, strictly above the threshold as it is printed. */
const flagged = (scores: readonly number[], printed: string | undefined) =>
  scores.filter((score) => score > Number(printed)).length

async function compared(name: string, head: string, rows: readonly string[], ...args: string[]) {
  const [scores, report] = [join(folder, `${name}.csv`), join(folder, `${name}.html`)]
  await writeFile(scores, [head, ...rows].join('\n'))
  const said = await cli('compare', scores, ...args, '--report', report, '--quiet')
  assert.equal(said.code, 0, said.stderr)
  return { text: said.stdout, page: await readFile(report, 'utf8') }
}

/** The number beside a name in the text, that in the page's table, and those in the table of the slider. */
function printed({ text, page }: { text: string; page: string }, name: string, d: number) {
  return [
    new RegExp(`^│ ${name} +│ +([\\d.]+) │ \\d`, 'm').exec(text)?.[1],
    new RegExp(`<th scope="row">${name}</th><td>([\\d.]+)</td>`).exec(page)?.[1],
    new RegExp(`data-live="threshold" data-detector="${d}" data-set="0">([\\d.]+)<`).exec(page)?.[1],
  ]
}

test('a large threshold decides as printed what it decided: in the text, on the page and in its slider', async () => {
  const rows = [
    ...normals.map((i) => `0,${123_456_000 + i},${1_234_567.5 + i}`),
    ...anomalies.map(([j, k]) => `1,${123_456_000 + j},${1_234_567.5 + k}`),
  ]
  const shown = await compared('large', 'label,baseline,candidate', rows, '--fpr', '0.05')
  for (const threshold of printed(shown, 'baseline', 0)) assert.equal(Number(threshold), 123_456_094)
  for (const threshold of printed(shown, 'candidate', 1)) assert.equal(Number(threshold), 1_234_661.5)
})

test('thresholds beside 1 are told apart, and flag the share that the page says', async () => {
  const all = Array.from({ length: 200 }, (_, i) => i)
  // Sigmoid scores, in steps of about 4 · 10⁻⁷ where the thresholds lie.
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
  const [first, second] = [all.map((i) => sigmoid(8.5 + i / 150)), all.map((i) => sigmoid(8.3 + i / 160))]
  const rows = [
    ...all.map((i) => `0,${first[i]},${second[i]}`),
    ...all.slice(0, 50).map((i) => `1,${sigmoid(9 + i / 40)},${sigmoid(9.2 + i / 40)}`),
  ]
  const shown = await compared('sigmoid', 'label,baseline,candidate', rows, '--fpr', '0.05')
  for (const threshold of printed(shown, 'baseline', 0)) assert.equal(flagged(first, threshold), 10)
  for (const threshold of printed(shown, 'candidate', 1)) assert.equal(flagged(second, threshold), 10)
})

test('a threshold has no zeros that its number does not have, whatever the others have', async () => {
  const rows = [
    ...normals.map((i) => `0,${Math.fround(i / 100)},${i / 8}`),
    ...anomalies.map(([j, k]) => `1,${Math.fround(1 + j / 100)},${100 + k / 8}`),
  ]
  const { text, page } = await compared('float32', 'label,baseline,candidate', rows, '--fpr', '0.05')
  const [, told = ''] = /^│ baseline +│ +([\d.]+) │/m.exec(text) ?? []
  assert.equal(told, String(Number(told)))
  const [, shown = ''] = /<th scope="row">candidate<\/th><td>([\d.]+)<\/td>/.exec(page) ?? []
  assert.equal(shown, String(Number(shown)))
})

test('so do the thresholds of trainings', async () => {
  const rows = [
    ...normals.map((i) => [0, 1, 2, 3].map((d) => (1 + d) * 123_456_000 + ((([1, 3, 7, 9][d] ?? 1) * i) % 100))),
    ...anomalies.map(([j, k]) => [0, 1, 2, 3].map((d) => (1 + d) * 123_456_000 + (d < 2 ? j : k + d))),
  ].map((scores, i) => [Number(i >= 100), ...scores].join())
  const patterns = ['--baseline', 'old_seed*', '--candidate', 'new_seed*']
  const head = 'label,old_seed1,old_seed2,new_seed1,new_seed2'
  const { text, page } = await compared('trainings', head, rows, ...patterns, '--fpr', '0.05')
  for (const [d, name] of ['old_seed1', 'old_seed2', 'new_seed1', 'new_seed2'].entries()) {
    const threshold = String((1 + d) * 123_456_000 + 94)
    assert.match(text, new RegExp(`^│ ${name} +│ +${threshold} │`, 'm'))
    assert.match(page, new RegExp(`<th scope="row">${name}</th><td>${threshold}</td>`))
  }
})
