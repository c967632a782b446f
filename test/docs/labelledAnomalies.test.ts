import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('../../', import.meta.url))
const guide = readFileSync(join(root, 'docs', 'labelled-anomalies.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'labelled-anomalies-'))
after(() => rmSync(folder, { recursive: true }))

/** The guide's blocks: commands, and the output that follows some of them. */
const blocks = [...guide.matchAll(/```(sh|)\n(.*?)```/gs)].map(([, kind, text = '']) => ({ kind, text }))

function run(commands: string): string {
  const bin = join(folder, 'bin')
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', commands], {
    cwd: folder,
    env: { ...process.env, SCORING_BIAS: root, PATH: bin + delimiter + process.env.PATH },
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  return stdout
}

/**
 * Class, number of samples and arrow of every row with an arrow, |ξ| ≥ 0.1 and an adjusted p of at most `most`: a small one
 * does not hang on the last digits of a training.
 */
function arrows(text: string, most: number): string[][] {
  return text
    .split('\n')
    .map((line) => line.split('│').map((cell) => cell.trim()))
    .filter(
      (cells) =>
        /^[↑↓]$/.test(cells.at(-2) ?? '') &&
        !/^[+−]0\.0/.test(cells[5] ?? '') &&
        Number(cells[8]?.replace('<', '')) <= most,
    )
    .map((cells) => [cells[1] ?? '', cells[2] ?? '', cells.at(-2) ?? ''])
}

before(() => {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist', 'cli', 'main.js')}' "$@"\n`
  writeFileSync(join(bin, 'scoring-bias'), program, { mode: 0o755 })
})

/** The commands whose output the guide shows, with it. */
const shown = blocks.flatMap(({ kind, text }, i) => {
  const output = blocks[i + 1]
  return kind === 'sh' && output?.kind === '' ? [{ commands: text, output: output.text }] : []
})

test('every output of the guide is looked at', () => assert.equal(shown.length, 3))

test("the guide's commands run in order, and come to what it says", () => {
  for (const { kind, text } of blocks) {
    if (kind !== 'sh') continue
    const printed = run(text)
    const output = shown.find(({ commands }) => commands === text)?.output
    if (!output?.includes('│')) continue
    const expected = arrows(output, 0.01)
    assert.ok(expected.length >= 3)
    const got = new Map(arrows(printed, 1).map((row) => [row[0], row]))
    for (const row of expected) assert.deepEqual(got.get(row[0]), row)
  }
  assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /<title>/)
})

// The last digits of a training are its machine's. So the numbers shown are held with scores that are kept: those that the guide's
// commands wrote where it was written, packed by `gzip -n`.
test('of the scores that it was written with, the commands print what the guide shows', () => {
  for (const name of ['plain.csv', 'helped.csv']) {
    const packed = readFileSync(join(root, 'test', 'docs', 'labelledAnomalies', `${name}.gz`))
    writeFileSync(join(folder, name), gunzipSync(packed))
  }
  for (const { commands, output } of shown) {
    const printed = run(commands)
    assert.ok(printed.includes(output), `${output}is shown, printed is\n${printed}`)
  }
})
