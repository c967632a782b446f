import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'full-disk-'))
after(() => rmSync(folder, { recursive: true }))
const program = [process.execPath, '--import', path('../loadTypescript.mjs'), path('../../src/cli/main.ts')]
const command = ['study', 'statlog', '--runs', '25', '--epochs', '1', '--pretrain-epochs', '0', '--resamples', '100']
const flags = ['--device', 'cpu', '--json', '--no-report', '--progress', 'json']

/** Runs a study that may not write files beyond a number of blocks of 512 bytes. */
function study(nBlocks: number | 'unlimited', args: string[]) {
  const limited = ['-c', `ulimit -f ${nBlocks}; exec "$@"`, 'sh', ...program, ...command, ...flags, ...args]
  return spawnSync('sh', limited, { cwd: folder, encoding: 'utf8' })
}

const skip = process.platform === 'win32' && 'a limit on the size of files is set by the shell'

test('a store that cannot grow loses nothing: the message says so, and the study goes on where there is room', {
  skip,
}, () => {
  const stopped = study(1600, ['--store', 'a.duckdb'])
  assert.equal(stopped.status, 2, stopped.stderr)
  assert.equal(stopped.stdout, '')
  assert.match(
    stopped.stderr,
    /error: cannot write a\.duckdb: .*units that were done before are safe in it, and the same/,
  )

  const resumed = study('unlimited', ['--store', 'a.duckdb'])
  assert.equal(resumed.status, 0, resumed.stderr)
  const first = JSON.parse(resumed.stderr.split('\n')[0] ?? '')
  assert.ok(first.done > 0 && first.done < first.total, resumed.stderr)
  const answer = ({ stdout }: { stdout: string }) => ({ ...JSON.parse(stdout), elapsedSeconds: 0 })
  assert.deepEqual(answer(resumed), answer(study('unlimited', [])))
})
