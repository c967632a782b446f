import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { mergeStores } from '../../src/study/store/mergeStores.js'
import { cli } from '../cli/commandLine.js'
import { done, shardsOf, small, sql } from './shardCommands.js'

const root = mkdtempSync(join(tmpdir(), 'merge-damaged-'))
after(() => rmSync(root, { recursive: true }))
const command = ['study', 'statlog', '--runs', '2', '--no-report', ...small]
let whole: readonly string[] = []
before(async () => {
  whole = await shardsOf(root, command, 2)
})
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'))
  for (const [i, part] of whole.entries()) copyFileSync(part, join(folder, `part-${i + 1}.duckdb`))
})

const file = (name: string) => join(folder, name)
const parts = () => [file('part-1.duckdb'), file('part-2.duckdb')]

/** Requires that a merge into a store that is there, and into a new one, says this alone, and leaves the folder as it was. */
async function requireRefused(message: RegExp, files = parts()): Promise<void> {
  const there = file('there.duckdb')
  copyFileSync(whole[0] ?? '', there)
  const before = readFileSync(there)
  const names = readdirSync(folder).toSorted()
  for (const target of [file('new.duckdb'), there]) {
    const { code, stdout, stderr } = await cli('merge', target, ...files, '--quiet')
    assert.deepEqual([code, stdout], [2, ''], stderr)
    assert.match(stderr, /^error: [^\n]+\n$/)
    assert.match(stderr, message)
    assert.deepEqual(readdirSync(folder).toSorted(), names)
  }
  assert.ok(readFileSync(there).equals(before))
}

const nan = '\\x00\\x00\\xC0\\x7F'
const ofRun = (how: string) =>
  new RegExp(`^error: \\S+part-2\\.duckdb is damaged: run 1 of unit \\w{64} \\(.*\\) ${how}`)
const ofUnit = (how: string) =>
  new RegExp(`^error: \\S+part-2\\.duckdb is damaged: unit \\w{64} \\(.*\\) is not whole: ${how}`)
const remedy = 'Nothing was written\\. Train its shard again'

describe('a damaged part is named with the unit and the run, and nothing is written', () => {
  const cases = [
    [
      "UPDATE runs SET scores = scores || '\\x00'::BLOB WHERE run = 1",
      ofRun(`has numbers whose bytes are \\d+, no multiple of 4 \\(its scores\\)\\. ${remedy}`),
    ],
    ["UPDATE runs SET scores = ''::BLOB WHERE run = 1", ofRun(`has no scores\\. ${remedy}`)],
    [
      `UPDATE runs SET scores = repeat('${nan}'::BLOB, octet_length(scores)::INTEGER // 4) WHERE run = 1`,
      ofRun('has a score that is NaN, and did not diverge'),
    ],
    [
      "UPDATE runs SET scores = repeat('\\x00'::BLOB, 8) WHERE run = 1",
      ofUnit('run 1 of it has 2 scores, not [\\d,]+'),
    ],
    [
      "UPDATE runs SET scores = repeat('\\x00'::BLOB, 8)",
      /part-2\.duckdb is damaged: run 0 of unit \w+ has 2 scores, and run 0 of unit \w+ in \S+(part-1|there)\.duckdb has \d+ of the same data\. Nothing was written/,
    ],
    [
      "UPDATE runs SET losses = losses || '\\x00'::BLOB WHERE run = 1",
      ofRun('has numbers whose bytes are 17, no multiple of 8 \\(its losses\\)'),
    ],
    [
      "UPDATE runs SET pretrain_losses = '\\x00'::BLOB WHERE run = 1",
      ofRun('has numbers whose bytes are 1, no multiple of 8 \\(its pretrain losses\\)'),
    ],
    [
      "UPDATE runs SET losses = repeat('\\x00\\x00\\x00\\x00\\x00\\x00\\xF8\\x7F'::BLOB, 2) WHERE run = 1",
      ofRun('has a loss that is NaN, and did not diverge'),
    ],
    ["UPDATE runs SET divergence = '3' WHERE run = 1", ofRun('has a divergence that cannot be read')],
    ["UPDATE runs SET statistics = ''::BLOB WHERE run = 1", ofRun('has no parameters')],
    [
      'UPDATE units SET config = replace(config::VARCHAR, \'"fingerprint"\', \'"weights":true,"fingerprint"\')::JSON',
      /part-2\.duckdb is damaged: run 0 of unit \w+ \(.*\) has no parameters/,
    ],
    ['DELETE FROM runs WHERE run = 1', ofUnit('run 1 of it is missing')],
    ['DELETE FROM runs', ofUnit('run 0 of it is missing')],
    ['UPDATE runs SET run = 7 WHERE run = 1', ofUnit('run 1 of it is missing')],
    [
      'INSERT INTO runs BY NAME SELECT * REPLACE (7 AS run) FROM runs WHERE run = 1',
      /part-2\.duckdb is damaged: it has a run 7 of unit \w{64} \(.*\), which has no such run/,
    ],
    [
      "INSERT INTO runs BY NAME SELECT * REPLACE ('bb' AS unit) FROM runs WHERE run = 1",
      /part-2\.duckdb is damaged: it has runs of unit bb, which it does not know as done \(the first is run 1\)/,
    ],
    [
      "UPDATE units SET status = 'planned'",
      /part-2\.duckdb is damaged: it has runs of unit \w{64}, which it does not know as done \(the first is run 0\)/,
    ],
    [
      "UPDATE units SET config = '{}'",
      /part-2\.duckdb is damaged: the configuration of unit \w{64} does not say its runs/,
    ],
    ["UPDATE units SET config = '3'", /part-2\.duckdb is damaged: the configuration of unit \w{64} cannot be read/],
    ["UPDATE units SET device = 'abacus'", /part-2\.duckdb: unit \w{64} \(.*\) names the device 'abacus'/],
    [
      "INSERT INTO studies (id, result) VALUES ('cc', '{}')",
      /part-2\.duckdb is damaged: study cc is not what was stored/,
    ],
    [
      'ALTER TABLE runs ALTER scores TYPE VARCHAR',
      /part-2\.duckdb is damaged: run 0 of unit .* has no bytes of its scores/,
    ],
    ['ALTER TABLE runs DROP scores', /part-2\.duckdb is damaged: run 0 of unit .* has no bytes of its scores/],
  ] as const
  for (const [text, message] of cases) {
    it(text, async () => {
      await sql(file('part-2.duckdb'), text)
      await requireRefused(message)
    })
  }

  it('cut short', async () => {
    const bytes = readFileSync(file('part-2.duckdb'))
    for (const size of [5000, bytes.length - 5000]) {
      writeFileSync(file('part-2.duckdb'), bytes.subarray(0, size))
      await requireRefused(/^error: \S+part-2\.duckdb is damaged or cut short: .* Copy it again/)
    }
  })

  it('with one bit changed in any block that it uses', async () => {
    const bytes = readFileSync(file('part-2.duckdb'))
    // Three heads come before DuckDB's blocks. Some are unused.
    const [heads, block] = [3 * 4096, 2 ** 18]
    let nRefused = 0
    for (let at = heads + 100; at < bytes.length; at += block) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      writeFileSync(file('part-2.duckdb'), changed)
      const { code, stderr } = await cli('merge', file('all.duckdb'), ...parts(), '--quiet')
      if (code === 0) {
        rmSync(file('all.duckdb'))
        continue
      }
      nRefused++
      assert.equal(code, 2)
      assert.match(
        stderr,
        /^error: \S+part-2\.duckdb is damaged: what it holds does not match its checksums\. Copy it again/,
      )
      assert.deepEqual(readdirSync(folder).toSorted(), ['part-1.duckdb', 'part-2.duckdb'])
    }
    assert.ok(nRefused > 0)
  })
})

it('a target that is damaged is named as that', async () => {
  const target = file('all.duckdb')
  copyFileSync(whole[0] ?? '', target)
  await sql(target, "UPDATE runs SET scores = ''::BLOB")
  await assert.rejects(mergeStores(target, parts()), {
    code: 'BAD_FILE',
    message:
      /all\.duckdb is damaged: run 0 of unit .* has no scores\. Nothing was written\. Name another file to write/,
  })
})

it('runs that diverged may have any scores', async () => {
  await sql(
    file('part-2.duckdb'),
    `UPDATE runs SET divergence = '{"kind":"not-finite","quantity":"score"}',
       scores = repeat('${nan}'::BLOB, octet_length(scores)::INTEGER // 4) WHERE run = 1`,
  )
  await done('merge', file('all.duckdb'), ...parts())
  assert.ok(existsSync(file('all.duckdb')))
})
