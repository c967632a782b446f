import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { program } from '../sources.js'

const folder = mkdtempSync(join(tmpdir(), 'full-disk-'))
after(() => rmSync(folder, { recursive: true }))
const training = ['--epochs', '1', '--pretrain-epochs', '0', '--resamples', '100', '--device', 'cpu', '--json']

/** A command that may not write files beyond a number of blocks of 512 bytes. */
const limited = (nBlocks: number | 'unlimited', args: string[]) =>
  ['-c', `ulimit -f ${nBlocks}; exec "$@"`, 'sh', process.execPath, ...program, ...args] as const

function study(nBlocks: number | 'unlimited', runs: number, args: string[]) {
  const command = ['study', 'statlog', '--runs', String(runs), ...training, ...args]
  return spawnSync('sh', limited(nBlocks, command), { cwd: folder, encoding: 'utf8' })
}
const answer = ({ stdout }: { stdout: string }) => ({ ...JSON.parse(stdout), elapsedSeconds: 0 })
const progress = ['--progress', 'json', '--no-report']

const skip = process.platform === 'win32' && 'a limit on the size of files is set by the shell'

test('a store that cannot grow loses nothing: the message says so, and the study goes on where there is room', {
  skip,
}, () => {
  const stopped = study(1600, 25, ['--store', 'a.duckdb', ...progress])
  assert.equal(stopped.status, 1, stopped.stderr)
  assert.equal(stopped.stdout, '')
  assert.match(
    stopped.stderr,
    /error: cannot write a\.duckdb: no space left\. Units that were done before are safe in it\. Free some space: the same/,
  )

  const resumed = study('unlimited', 25, ['--store', 'a.duckdb', ...progress])
  assert.equal(resumed.status, 0, resumed.stderr)
  const first = JSON.parse(resumed.stderr.split('\n')[0] ?? '')
  assert.ok(first.done > 0 && first.done < first.total, resumed.stderr)
  assert.deepEqual(answer(resumed), answer(study('unlimited', 25, progress)))
})

test('a store that cannot be made is not there, and nothing is trained', { skip }, () => {
  const { status, stdout, stderr } = study(100, 1, ['--store', 'b.duckdb', '--no-report'])
  assert.deepEqual([status, stdout], [1, ''])
  assert.equal(stderr, 'error: cannot make b.duckdb: no space left. Free some space, or name another file\n')
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('b.duckdb')),
    [],
  )
})

test('scores or a report that cannot be written cost neither the answer nor what was there', { skip }, () => {
  const whole = answer(study('unlimited', 2, ['--no-report']))
  for (const [file, flags] of [
    ['all.parquet', ['--quiet', '--no-report', '--keep-scores', 'all.parquet']],
    ['page.html', ['--quiet', '--report', 'page.html']],
  ] as const) {
    writeFileSync(join(folder, file), 'before')
    const failed = study(100, 2, [...flags])
    assert.equal(failed.status, 1, failed.stderr)
    assert.match(
      failed.stderr,
      new RegExp(`^error: cannot write ${file}: no space left.*\\. Free some space, or write elsewhere\n$`),
    )
    assert.deepEqual(answer(failed), whole)
    assert.equal(statSync(join(folder, file)).size, 'before'.length)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    )
  }
})

test('a download keeps what arrived and says how to go on', { skip }, async () => {
  const server = createServer((_, response) => response.end(Buffer.alloc(200_000, 1)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const command = ['data', 'fetch', 'fashion-mnist', '--from', from, '--to', 'data', '--quiet']
  const child = spawn('sh', limited(100, command), { cwd: folder })
  let stderr = ''
  child.stderr.on('data', (text) => (stderr += text))
  const code = await new Promise((resolve) => child.on('close', resolve))
  server.close()
  assert.equal(code, 1, stderr)
  assert.match(
    stderr,
    /train-images-idx3-ubyte\.gz: no space left in data\. What arrived is kept\. Free some space and run the/,
  )
  assert.ok(statSync(join(folder, 'data', 'train-images-idx3-ubyte.gz.part')).size > 0)
})

test('an answer that standard output does not take is a failure, and the report is written all the same', {
  skip: !existsSync('/dev/full') && 'there is no /dev/full',
}, () => {
  const command = ['study', 'statlog', '--runs', '1', ...training, '--quiet', '--report', 'kept.html']
  const lost = spawnSync('sh', ['-c', '"$@" > /dev/full', 'sh', process.execPath, ...program, ...command], {
    ...{ cwd: folder, encoding: 'utf8' as const },
  })
  assert.equal(lost.status, 1)
  assert.match(lost.stderr, /^error: cannot write to standard output: .*no space left.*\n$/)
  assert.ok(existsSync(join(folder, 'kept.html')))
})
