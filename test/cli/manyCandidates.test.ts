import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'many-candidates-'))
after(() => rm(folder, { recursive: true }))

async function file(name: string, nDetectors: number, nRows: number): Promise<string> {
  const path = join(folder, name)
  const names = Array.from({ length: nDetectors }, (_, d) => `c${d}`)
  const rows = Array.from({ length: nRows }, (_, i) => {
    const label = i % 3 === 0 ? 1 : 0
    return [label, ...names.map((_, d) => (Math.sin((i + 1) * (d + 7)) + label).toFixed(6))].join(',')
  })
  await writeFile(path, `label,${names.join(',')}\n${rows.join('\n')}\n`)
  return path
}

interface Answer {
  readonly candidates: readonly { readonly curve?: { readonly points: readonly unknown[] } }[]
}

/** Targets of the curve of each candidate; 0 for none. */
async function curveSizes(...args: string[]): Promise<number[]> {
  const { code, stdout, stderr } = await cli('compare', ...args, '--json', '--quiet')
  assert.equal(code, 0, stderr)
  const { candidates }: Answer = JSON.parse(stdout)
  return candidates.map(({ curve }) => curve?.points.length ?? 0)
}

describe('a page of many candidates', () => {
  const ask = (path: string) => [path, '--baseline', 'c0', '--candidate', 'all', '--resamples', '50']

  it('has ξ over few targets, of the candidates that it draws', async () => {
    const [path, report] = [await file('ten.csv', 11, 90), join(folder, 'ten.html')]
    assert.deepEqual(await curveSizes(...ask(path), '--report', report), [...Array(8).fill(13), 0, 0])
    const page = await readFile(report, 'utf8')
    assert.match(
      page,
      /charts and slider show the first 8 of 10 candidates\.\s+Compare fewer of them to see others drawn/,
    )
    assert.equal(page.match(/What the intervals of c\d+ are read off/g)?.length, 8)
  })

  it('has all targets of few candidates, and all candidates by --curve', async () => {
    const [path, report] = [await file('three.csv', 4, 90), join(folder, 'three.html')]
    assert.deepEqual(await curveSizes(...ask(path), '--report', report), [100, 100, 100])
    const many = [...ask(join(folder, 'ten.csv')), '--report', report]
    assert.deepEqual(await curveSizes(...many, '--curve'), Array(10).fill(13))
    assert.deepEqual(await curveSizes(...many, '--curve-fprs', '0.1,0.2'), Array(10).fill(2))
  })
})
