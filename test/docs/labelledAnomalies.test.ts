import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

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

test("the guide's commands run in order, and print what it shows", () => {
  const bin = join(folder, 'bin')
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist', 'cli', 'main.js')}' "$@"\n`
  run(`mkdir -p '${bin}'`)
  writeFileSync(join(bin, 'scoring-bias'), program, { mode: 0o755 })
  let shown = 0
  for (const [i, { kind, text }] of blocks.entries()) {
    if (kind !== 'sh') continue
    const printed = run(text)
    const output = blocks[i + 1]
    if (output === undefined || output.kind === 'sh') continue
    shown++
    const expected = arrows(output.text, 0.01)
    if (output.text.startsWith('│') || output.text.includes('\n│')) {
      assert.ok(expected.length >= 3)
      const got = new Map(arrows(printed, 1).map((row) => [row[0], row]))
      for (const row of expected) assert.deepEqual(got.get(row[0]), row)
    } else {
      const words = (line: string) => line.replace(/[\d,]+/g, '#').split('\n')[0]
      assert.equal(words(printed), words(output.text))
    }
  }
  assert.equal(shown, 3)
  assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /<title>/)
})
