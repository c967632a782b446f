import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { convergeScores } from '../../src/converge/convergeScores.js'
import type { Convergence } from '../../src/converge/types.js'
import { normal } from '../../src/random/normal.js'
import { groundOf } from '../../src/report/charts/heatTable.js'
import { shortNames } from '../../src/report/charts/shortNames.js'
import { inkOf } from '../../src/report/charts/xiHeat.js'
import { compareReport } from '../../src/report/compare/compareReport.js'
import { convergeSvg } from '../../src/report/converge/convergeReport.js'
import { studyReport } from '../../src/report/study/studyReport.js'
import { headline } from '../../src/report/study/studyText.js'
import { comparisonOf, syntheticScores } from './compare/comparisonFixture.js'
import { study } from './study/studyFixture.js'

/** Labels of the vertical axes of a drawing's panels, an axis each. */
function axesOf(svg: string): string[][] {
  const axes = svg.matchAll(/<g class="mark-group role-axis".*?<g class="mark-text role-axis-label".*?>(.*?)<\/g>/gs)
  return Array.from(axes, ([, labels = '']) =>
    Array.from(labels.matchAll(/text-anchor="end"[^>]*>([^<]*)</g), ([, text = '']) => text),
  ).filter((labels) => labels.length > 0)
}

describe('panels that are compared share their axes:', () => {
  it('ξ̂ and rates of a convergence study', async () => {
    const draw = (stream: number, mean: number) => normal(500, { seed: 4, stream, mean })
    const scores = {
      baseline: { normal: draw(0, 0), anomalous: draw(1, 1) },
      candidate: { normal: draw(2, 0), anomalous: draw(3, 2) },
    }
    const found = await convergeScores(scores, { sizes: [50, 200], alphas: [0.05, 0.5], runs: 30 })
    const detectors = { baseline: 'deep-svdd', candidate: 'deep-sad' }
    const [first, second, third, fourth] = axesOf(await convergeSvg({ ...found, detectors } as Convergence))
    assert.ok(first && third && first.length > 2 && third.length > 2)
    assert.deepEqual([second, fourth], [first, third])
  })

  it('ξ of all candidates by class and over targets', async () => {
    const one = syntheticScores(300, 40)
    const [v, a] = [one.validation[1] ?? assert.fail(), one.anomalous[1] ?? assert.fail()]
    const data = {
      ...one,
      detectors: [...one.detectors, 'third'],
      validation: [...one.validation, v],
      anomalous: [...one.anomalous, a.map((x, i) => x * (i % 3 === 0 ? 1e3 : 1e-3))],
    }
    const page = await compareReport(await comparisonOf(data, { curve: true }), data)
    const charts = (label: RegExp) =>
      Array.from(page.matchAll(/class="chart" role="img" aria-label="([^"]*)"[^>]*>(<svg.*?<\/svg>)/gs))
        .filter(([, own = '']) => label.test(own))
        .map(([, , svg = '']) => Array.from(svg.matchAll(/>([−+]?[\d.]+)<\/text>/g), ([, text]) => text))
    for (const label of [/^ξ of .* for each class/, /^ξ of .* over target/]) {
      const [first, second, ...rest] = charts(label)
      assert.ok(first && second && rest.length === 0 && first.length > 3, String(label))
      assert.deepEqual(second, first)
    }
  })
})

/** The contrast of WCAG 2. */
function contrast(...hexes: readonly [string, string]): number {
  const [dark = 0, light = 0] = hexes
    .map((hex) => {
      const [r = 0, g = 0, b = 0] = [1, 3, 5]
        .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
        .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    })
    .sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

it('every cell of a heat map has a contrast of 4.5 at least, and a colour of its own side', () => {
  for (let i = -1000; i <= 1000; i++) {
    const xi = i / 1000
    assert.ok(contrast(groundOf(xi), inkOf(xi)) >= 4.5, `${xi}`)
  }
  assert.deepEqual([groundOf(-1), groundOf(0), groundOf(1), groundOf(3)], ['#b34d00', '#f7f7f5', '#005b8e', '#005b8e'])
})

describe('long names of classes in a study', () => {
  const name = (k: number) => `fault of the machine with a very long name, kind ${k}`
  const classes = Array.from({ length: 20 }, (_, k) => ({ ...(study.classes[k % 5] ?? assert.fail()), name: name(k) }))

  it('stay distinct in every drawing, with the whole as a title', async () => {
    const scores = {
      run: 0,
      ...Object.fromEntries(
        (['baseline', 'candidate'] as const).map((role) => [
          role,
          { ...study.scores[role], classes: classes.map((_, k) => study.scores[role].classes[k % 5]) },
        ]),
      ),
    }
    const page = await studyReport({ ...study, classes, anomaly: name(0), scores: scores as typeof study.scores })
    // Recall, ξ, ξ by distance where there is room and where there is little, on a ground of their own, and scores of two detectors.
    assert.equal(page.split(`<title>${name(3)}`).length - 1, 8)
    const short = Array.from(
      page.matchAll(/<title>fault of the machine[^<]*<\/title>([^<]*)</g),
      ([whole, shown = '']) => [whole, shown],
    )
    const wholeOf = new Map<string, string>()
    for (const [whole = '', shown = ''] of short) {
      const full = whole.match(/kind \d+/)?.[0] ?? ''
      assert.equal(wholeOf.get(shown) ?? full, full)
      wholeOf.set(shown, full)
      assert.ok(shown.length <= 35, shown)
    }
  })

  it('are counted in the headline where there are too many to read', () => {
    const text = headline({ ...study, classes })
    assert.ok(text.length < 2000 && text.length < headline({ ...study, classes: classes.slice(0, 5) }).length * 5)
    const undecided = classes.map((one) => ({ ...one, direction: 'none' as const }))
    assert.match(
      headline({ ...study, classes: undecided }),
      /^No difference is shown on .*kind 0, .*kind 1, .*kind 2 and 17 others: the simultaneous 95 % intervals include 0\.$/,
    )
  })
})

it('a short name has its title where more than the name stands there', () => {
  const full = [`${'x'.repeat(30)}a`, `${'x'.repeat(30)}b`]
  const { names, titled } = shortNames(full, 11)
  const [first = ''] = names
  assert.equal(
    titled(`<text>${first} ↑</text>`, (one) => `${one} ↑`),
    `<text><title>${full[0]} ↑</title>${first} ↑</text>`,
  )
})
