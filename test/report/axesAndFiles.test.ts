import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { logTicks, plainLabels } from '../../src/report/charts/marks.js'
import { renderSvg, renderSvgFile } from '../../src/report/charts/renderSvg.js'
import { xiColour, xiInk } from '../../src/report/charts/xiHeat.js'
import { studyReport } from '../../src/report/study/studyReport.js'
import { study } from './study/studyFixture.js'

const axisOf = (values: readonly number[]) => ({
  data: { values: values.map((x) => ({ x })) },
  mark: 'point' as const,
  encoding: {
    x: {
      field: 'x',
      type: 'quantitative' as const,
      scale: { domain: [values.at(0) ?? 0, values.at(-1) ?? 1], nice: false },
      axis: { values: [...values], labelExpr: plainLabels, labelOverlap: false },
    },
  },
})

describe('an axis', () => {
  for (const [values, expected] of [
    [
      [0, 50, 100, 150],
      ['0', '50', '100', '150'],
    ],
    [
      [-0.3, 0, 0.1 + 0.2],
      ['−0.3', '0', '0.3'],
    ],
    [
      [0, 1e-5, 123456, 2e6],
      ['0', '1e−5', '123456', '2e6'],
    ],
  ] as const) {
    it(`writes ${expected.join(', ')}`, async () => {
      const svg = await renderSvg(axisOf(values))
      const texts = Array.from(svg.matchAll(/>([^<>]+)<\/text>/g), ([, text]) => text)
      for (const text of expected) assert.ok(texts.includes(text), `${text} in ${texts.join(' ')}`)
    })
  }
})

it('a logarithmic axis has ticks at round numbers', () => {
  assert.deepEqual(logTicks(0.00075, 0.2).values, [0.001, 0.01, 0.1])
  assert.deepEqual(
    logTicks(0.0025, 0.4).values?.map((tick) => Number(tick.toPrecision(3))),
    [0.005, 0.01, 0.02, 0.05, 0.1, 0.2],
  )
  assert.deepEqual(logTicks(0.31, 0.39), {})
})

it('a drawing as a file has a role, an escaped title and a ground', async () => {
  const svg = await renderSvgFile(axisOf([0, 1]), 'a < b & "c"')
  assert.match(
    svg,
    /^<svg role="img" [^>]*><title>a &lt; b &amp; &quot;c&quot;<\/title><rect width="100%" height="100%" fill="#ffffff"\/>/,
  )
})

/** The relative luminance and the contrast of WCAG 2. */
function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((v) =>
    v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const rgbOf = (hex: string) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16))

it('numbers in a heat map of ξ have a contrast of 4.5 at least, whatever ξ', () => {
  const [low = '', middle = '', high = ''] = xiColour(false).scale.range
  const [, below, above] = xiInk.condition.test.match(/^datum\.xi < (-[\d.]+) \|\| datum\.xi > ([\d.]+)$/) ?? []
  assert.ok(below !== undefined && above !== undefined)
  for (let i = -1000; i <= 1000; i++) {
    const xi = i / 1000
    const end = rgbOf(xi < 0 ? low : high)
    const ground = rgbOf(middle).map((m, c) => m + ((end[c] ?? 0) - m) * Math.abs(xi))
    const ink = rgbOf(xi < Number(below) || xi > Number(above) ? xiInk.condition.value : xiInk.value)
    const [dark = 0, light = 0] = [luminance(ground), luminance(ink)].sort((a, b) => a - b)
    const contrast = (light + 0.05) / (dark + 0.05)
    assert.ok(contrast >= 4.5, `ξ ${xi}: ${contrast}`)
  }
})

it('every table of a study has a name, a caption and the focus of the keyboard', async () => {
  const page = await studyReport(study)
  const tables = page.match(/<table/g)?.length ?? 0
  assert.ok(tables > 1)
  assert.equal(
    page.match(/<div class="scroll" tabindex="0" role="region" aria-label="Table of [^"]+"><table>\s*<caption/g)
      ?.length,
    tables,
  )
})
