import assert from 'node:assert/strict'
import { test } from 'node:test'
import { convergeScores } from '../../src/converge/convergeScores.js'
import type { Convergence } from '../../src/converge/types.js'
import { normal } from '../../src/random/normal.js'
import { convergeSvg } from '../../src/report/converge/convergeReport.js'

/** Boxes over sizes, of Gaussian scores. */
async function boxes(sizes: number[]): Promise<string> {
  const draw = (stream: number, mean: number) => normal(500, { seed: 4, stream, mean })
  const scores = {
    baseline: { normal: draw(0, 0), anomalous: draw(1, 1) },
    candidate: { normal: draw(2, 0), anomalous: draw(3, 2) },
  }
  const study = await convergeScores(scores, { sizes, alphas: [0.05, 0.1, 0.2], runs: 20 })
  const detectors = { baseline: 'deep-svdd', candidate: 'deep-sad' }
  return convergeSvg({ ...study, detectors } as Convergence)
}

/** Labels below the first panel with their centres. */
function labelsOf(svg: string): { x: number; text: string }[] {
  const [first = ''] = svg.split('concat_0_concat_1_group')
  const labels = first.matchAll(/text-anchor="middle" transform="translate\(([\d.]+),11\)"[^>]*>([^<]+)</g)
  return Array.from(labels, ([, x, text = '']) => ({ x: Number(x), text }))
}

test('labels of sizes do not touch, however many there are; none is rounded', async () => {
  const texts = {
    spacious: ['100', '200', '500', '1,000'],
    dense: ['100', '1,234', '1.5K', '2K', '5K', '10K'],
  }
  const sizes = { spacious: [100, 200, 500, 1000], dense: [100, 1234, 1500, 2000, 5000, 10_000] }
  for (const kind of ['spacious', 'dense'] as const) {
    const labels = labelsOf(await boxes(sizes[kind]))
    assert.deepEqual(
      labels.map(({ text }) => text),
      texts[kind],
    )
    for (const [i, { x, text }] of labels.slice(1).entries()) {
      const before = labels[i] ?? assert.fail('one stands before it')
      // Digits of sans-serif fonts are about 0.56 em wide, commas and points half of that.
      const width = (of: string) => 12 * (0.56 * of.length - 0.28 * (of.match(/[.,]/g)?.length ?? 0))
      const gap = x - before.x - (width(text) + width(before.text)) / 2
      assert.ok(gap > 1, `${before.text} and ${text}: ${gap}`)
    }
  }
})

test('the titles of panels stand in line, whatever their axes reach to', async () => {
  const svg = await boxes([100, 200, 500, 1000])
  const titles = Array.from(svg.matchAll(/transform="translate\(0,(-?[\d.]+)\)"[^>]*>(α = [\d.]+)</g))
  assert.deepEqual(
    titles.map(([, , text]) => text),
    ['α = 0.05', 'α = 0.1', 'α = 0.2'],
  )
  // In frames that start at one height.
  assert.equal(new Set(titles.map(([, y]) => y)).size, 1)
  const frames = Array.from(svg.matchAll(/concat_0_concat_\d_group"[^>]*><g transform="translate\([\d.]+,([\d.]+)\)"/g))
  assert.deepEqual(
    frames.map(([, y]) => y),
    ['0', '0', '0'],
  )
})
