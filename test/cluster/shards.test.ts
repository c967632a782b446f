import assert from 'node:assert/strict'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { cli, cliStopped } from '../cli/commandLine.js'
import { done, quick, refused, requireSameAnswer, shardsOf, small, sql } from './shardCommands.js'

const root = mkdtempSync(join(tmpdir(), 'shards-'))
after(() => rmSync(root, { recursive: true }))
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'))
})

const file = (name: string) => join(folder, name)
const study = ['study', 'statlog', '--share', '0.2', '--runs', '12', '--resamples', '200', '--no-report', ...quick]
/** Another command. */
const other = ['study', 'statlog', '--runs', '1', '--seed', '1', '--no-report', ...small]

/** The stores of three shards of the study, trained once; each test has its own files. */
async function studyShards(): Promise<[string, string, string]> {
  const from = join(root, 'study')
  if (!existsSync(from)) {
    mkdirSync(from)
    await shardsOf(from, study, 3)
  }
  cpSync(from, folder, { recursive: true })
  return [file('part-1.duckdb'), file('part-2.duckdb'), file('part-3.duckdb')]
}

describe('shards of a command, merged, answer as one process does', () => {
  it('a study', async () => requireSameAnswer(folder, study, await studyShards()))
})

describe('a shard', () => {
  it('says what it did and what is left, and trains nothing twice', async () => {
    const shard = [...other, '--shard', '1/2', '--store', file('part.duckdb')]
    assert.match(
      await done(...shard),
      /^Shard 1 of 2: 1 of 2 units, \d\d\.\d % of the work\.\nTrained 1 unit into .*\.\nThe other shards have 1 unit\./,
    )
    const again = JSON.parse(await done(...shard, '--json'))
    assert.deepEqual([again.own, again.trained, again.units, again.shard], [1, 0, 2, { index: 1, count: 2 }])
  })

  it('that was stopped goes on where it was', async () => {
    const store = file('part.duckdb')
    const more = study.map((flag, i) => (study[i - 1] === '--runs' ? '20' : flag))
    const many = [...more.filter((flag) => flag !== '--quiet'), '--workers', '1']
    const half = [...many, '--shard', '1/2', '--store', store]
    const { code } = await cliStopped(...half)
    assert.equal(code, 130)
    const { own, trained } = JSON.parse(await done(...half, '--quiet', '--json'))
    assert.ok(trained <= own)
    await done(...many, '--shard', '2/2', '--store', file('other.duckdb'))
    assert.match(await done('merge', file('all.duckdb'), store, file('other.duckdb')), /8 of 8 units/)
  })

  it('needs a store, gives nothing that only an answer has, and names what is no shard', async () => {
    const asked = (...args: string[]) => refused(...study, ...args)
    assert.match(
      await asked('--shard', '1/3'),
      /^error: --shard needs a file for what it trains\. Name it, as in --store/,
    )
    const store = ['--store', file('x.duckdb')]
    for (const flag of ['--keep-scores', '--report'])
      assert.match(
        await asked('--shard', '1/3', ...store, flag, file('y')),
        new RegExp(`^error: ${flag} is for an answer, and a shard gives none`),
      )
    for (const shard of ['0/3', '4/3', '1.5/3', 'auto'])
      assert.match(await asked('--shard', shard, ...store), /^error: .*[sS]hard/)
    assert.deepEqual(readdirSync(folder), [])
  })
})

describe('merging', () => {
  it('again changes nothing, and more parts are added to what is there', async () => {
    const [first, second, third] = await studyShards()
    const all = file('all.duckdb')
    const message = await refused('merge', all, first, third)
    assert.match(
      message,
      /error: 2 units are missing in .*, which has all that the parts have\. Train the shards again/,
    )
    const { stdout } = await cli('merge', all, first, third)
    assert.match(stdout, /4 of 6 units\.\nmissing: Deep S\w+, .*runs \d+ to \d+ \(shard 2\/3\)\nmissing: /)
    const content = 'SELECT * EXCLUDE created FROM units ORDER BY ALL'
    const half = await sql(all, content)
    await refused('merge', all, first, third)
    assert.deepEqual(await sql(all, content), half)
    assert.match(
      await done('merge', all, second),
      /6 of 6 units\.\nFor the answer: scoring-bias study statlog .*--store/,
    )
    const whole = await sql(all, content)
    // A glob may name the target too.
    await done('merge', all, first, second, third, all)
    assert.deepEqual(await sql(all, content), whole)
    assert.deepEqual(readdirSync(folder).toSorted(), ['all.duckdb', 'part-1.duckdb', 'part-2.duckdb', 'part-3.duckdb'])
  })

  it('refuses a unit that is not equal in two parts, names both hosts, and writes nothing', async () => {
    const [first] = await shardsOf(folder, other, 1)
    assert.ok(first)
    const copy = file('copy.duckdb')
    copyFileSync(first, copy)
    await done('merge', file('equal.duckdb'), first, copy)
    // Of one run, the last bit of one loss.
    await sql(copy, "UPDATE units SET host = 'node-2'")
    const [[unit, run, losses] = []] = await sql(copy, 'SELECT unit, run, hex(losses) FROM runs ORDER BY ALL LIMIT 1')
    const lowest = Number.parseInt(String(losses).slice(0, 2), 16) ^ 1
    const bytes = lowest.toString(16).padStart(2, '0') + String(losses).slice(2)
    await sql(copy, `UPDATE runs SET losses = from_hex('${bytes}') WHERE unit = '${unit}' AND run = ${run}`)
    const message = await refused('merge', file('all.duckdb'), first, copy)
    assert.match(
      message,
      /copy\.duckdb and a store before it have different numbers for Deep S.*: of host node-2 here, of host \S+ there\./,
    )
    assert.equal(existsSync(file('all.duckdb')), false)
  })

  it('refuses numbers of processors that round differently, unless one kind has all', async () => {
    const [first, second, third] = await studyShards()
    const foreign =
      "UPDATE units SET id = 'x' || id, config = replace(config::VARCHAR, config->>'fingerprint', 'ab')::JSON, host = 'old'"
    await sql(second, `${foreign}; UPDATE runs SET unit = 'x' || unit`)
    const all = [file('all.duckdb'), first, second, third]
    const message = await refused('merge', ...all)
    assert.match(
      message,
      /^error: the units of deep-s\w+ were trained on processors that round differently: \d units? on host \S+, \d units? on host \S+\. /,
    )
    assert.equal(existsSync(file('all.duckdb')), false)
    // What was trained again on a machine like the others.
    copyFileSync(join(root, 'study', 'part-2.duckdb'), file('again.duckdb'))
    assert.match(await done('merge', ...all, file('again.duckdb')), /6 of 6 units/)
  })

  it('refuses parts of different commands and of two versions, and what is no part', async () => {
    const [first] = await studyShards()
    const strange = file('strange.duckdb')
    await done(...other, '--shard', '1/2', '--store', strange)
    const all = file('all.duckdb')
    assert.match(
      await refused('merge', all, first, strange),
      /are not parts of one command\. The first is of: scoring-bias study statlog .*\. The second is of: scoring-bias study .* --seed 1 .*\. Merge/,
    )
    await sql(strange, "UPDATE store SET version = '7.0.0'")
    assert.match(
      await refused('merge', all, first, strange),
      /strange\.duckdb by 7\.0\.0\. Stores of two versions are not merged/,
    )
    assert.match(await refused('merge', all, first, file('none.duckdb')), /^error: there is no store .*none\.duckdb/)
    writeFileSync(file('text.duckdb'), 'run,score\n'.repeat(2000))
    assert.match(await refused('merge', all, file('text.duckdb')), /text\.duckdb is not a DuckDB file, or damaged/)
    // DuckDB would open them as databases of one view.
    for (const name of ['samples.csv', 'samples.json', 'empty.csv']) {
      writeFileSync(file(name), name.startsWith('empty') ? '' : '{"a":1}\n{"a":2}\n')
      for (const parts of [
        [all, file(name)],
        [all, first, file(name)],
        [file(name), first],
      ])
        assert.match(await refused('merge', ...parts), /(samples|empty)\.\w+ is not a DuckDB file, or damaged\. Name/)
    }
    assert.match(await refused('merge', all, folder), /^error: cannot use .* as a study store: it is a folder\. Name/)
    await sql(file('mine.duckdb'), 'CREATE TABLE mine (x INTEGER)')
    assert.match(
      await refused('merge', all, file('mine.duckdb'), first),
      /mine\.duckdb is a DuckDB file, but no study store/,
    )
    // What is at the target and is no store stays as it is.
    assert.match(await refused('merge', file('text.duckdb'), first), /text\.duckdb is not a DuckDB file/)
    assert.equal(readFileSync(file('text.duckdb'), 'utf8').length, 20_000)
    assert.equal(existsSync(all), false)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    )
  })
})
