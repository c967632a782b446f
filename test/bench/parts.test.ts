import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { simulate } from '../../bench/coverageCell.js'
import { partCommand, rangeOf, readParts } from '../../bench/parts.js'

const folder = mkdtempSync(join(tmpdir(), 'parts-'))
after(() => rmSync(folder, { recursive: true }))
const file = (name: string) => join(folder, name)

function guarantees(...args: string[]): string {
  const script = fileURLToPath(new URL('../../bench/guarantees.ts', import.meta.url))
  const loader = new URL('../loadTypescript.mjs', import.meta.url).href
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', loader, script, ...args], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  return stdout
}

describe('a simulation in parts', () => {
  it('has the data sets of all, each once', () => {
    for (const [dataSets, count] of [
      [10, 3],
      [2, 5],
      [5000, 20],
    ] as const) {
      const ranges = Array.from({ length: count }, (_, i) => rangeOf({ index: i + 1, count }, dataSets))
      assert.deepEqual(
        ranges.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, i) => first + i)),
        Array.from({ length: dataSets }, (_, i) => i),
      )
    }
  })

  it('counts what one process counts: intervals', async () => {
    const work = { number: 0, methods: ['confidence', 'percentile'] } as const
    const counts = (of: Awaited<ReturnType<typeof simulate>>) =>
      Object.entries(of).map(
        ([method, { dataSets, above, below, arrows }]) =>
          [method, dataSets, above, below, arrows ?? Number.NaN] as const,
      )
    const whole = counts(await simulate({ ...work, first: 0, end: 24 }))
    const parts = await Promise.all(
      [1, 2, 3].map((index) => simulate({ ...work, ...rangeOf({ index, count: 3 }, 24) })),
    )
    const sums = whole.map(([method], i) => [
      method,
      ...[1, 2, 3, 4].map((column) => parts.map(counts).reduce((sum, part) => sum + Number(part[i]?.[column]), 0)),
    ])
    assert.deepEqual(sums, whole)
  })

  it('prints the table of one process: guarantees', () => {
    const parts = [1, 2].map((index) => {
      guarantees('3', '--shard', `${index}/2`, '--out', file(`${index}.json`))
      return file(`${index}.json`)
    })
    assert.equal(guarantees('--merge', ...parts.toReversed()), guarantees('3'))
  })

  it('is refused where a part is missing, there twice, or of another simulation', () => {
    const part = (name: string, index: number, asked = 'a') => {
      writeFileSync(file(name), JSON.stringify({ asked, shard: { index, count: 2 }, counts: index }))
      return file(name)
    }
    const [one, two] = [part('a', 1), part('b', 2)]
    assert.deepEqual(readParts([two, one]).counts, [1, 2])
    assert.throws(() => readParts([one]), /part 2\/2 is missing/)
    assert.throws(() => readParts([one, two, part('c', 2)]), /part 2\/2 is there twice: .*b and .*c/)
    assert.throws(() => readParts([one, part('d', 2, 'b')]), /parts of different simulations: a, and b/)
    assert.throws(() => partCommand(['10', '--shard', '1/2']), /--shard needs a file/)
    assert.throws(() => partCommand(['--merge']), /--merge needs the files/)
  })
})
