import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'surroundings-'))
after(() => rmSync(folder, { recursive: true }))
const rows = Array.from({ length: 300 }, (_, i) => `${Number(i % 3 === 0)},${(i * 7) % 100},${(i * 13) % 100}`)
const scores = `label,baseline,candidate\n${rows.join('\n')}\n`
const file = join(folder, 'scores.csv')
writeFileSync(file, scores)
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

describe('a command in poor surroundings says what is wrong in one line', () => {
  it('without a temporary folder for what comes from standard input', () => {
    const places = [
      ['none', join(folder, 'none')],
      ['a file', file],
    ] as const
    for (const [what, TMPDIR] of places) {
      const env = { ...process.env, TMPDIR }
      const { status, stdout, stderr } = spawnSync('node', [main, 'compare', '-', '--quiet'], {
        input: scores,
        env,
        encoding: 'utf8',
      })
      assert.deepEqual([status, stdout], [2, ''], what)
      assert.match(
        stderr,
        /^error: cannot keep standard input in the folder .*\. Set TMPDIR to another folder, or name a file\n$/,
      )
    }
  })

  it('with too few files that may be open', () => {
    for (const limit of [25, 40]) {
      const limited = `ulimit -n ${limit}; exec "$0" "$@"`
      const args = ['-c', limited, process.execPath, main, 'compare', file, '--quiet']
      const { status, stdout, stderr } = spawnSync('bash', args, { encoding: 'utf8' })
      assert.deepEqual([status, stdout], [1, ''], stderr)
      assert.match(
        stderr,
        /^error: too many files are open\. Raise the limit, as with `ulimit -n 1024`, and try again\n$/,
      )
    }
  })
})
