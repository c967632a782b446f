import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { compare } from '../../../src/compare/compare.js'
import type { Comparison } from '../../../src/compare/types.js'
import { compareReport } from '../../../src/report/compare/compareReport.js'
import { Chromium, type Page, skipWithoutChromium } from '../chromium.js'
import { syntheticScores } from './comparisonFixture.js'

const skip = skipWithoutChromium
const data = syntheticScores(200, 40)
const kinds = ['bearing wear', 'imbalance', 'loose bolt']

/** The share above a score, counted. */
const above = (scores: ArrayLike<number>, bound: number) =>
  Array.from(scores).filter((score) => score > bound).length / scores.length
const of = (d: number, name?: string) =>
  Array.from(data.anomalous[d] ?? []).filter((_, i) => name === undefined || data.classes?.[i] === name)

/** Of a path: where it ends, and the y of its horizontal line at an x. */
const read = `(() => {
  const shapes = (mark) => [...document.querySelectorAll('.' + mark + '_marks path')]
  const place = (shape) => shape.getAttribute('transform').match(/-?\\d[-.e\\d]*/g).map(Number)
  return {
    heads: [...document.querySelectorAll('[data-live-set]')].map(({ textContent }) => textContent),
    paths: Object.fromEntries(['density_anomalous', 'ecdf_anomalous', 'roc_baseline', 'roc_candidate', 'xi_line', 'xi_own']
      .map((mark) => [mark, shapes(mark).map((shape) => shape.getAttribute('d'))])),
    bands: shapes('xi_band').length + shapes('xi_bands').length,
    dots: ['baseline', 'candidate'].map((role) => place(shapes('dot_' + role)[0])),
    open: [...document.querySelectorAll('details[data-without-script]')].map(({ open }) => open),
    main: [...document.querySelectorAll('.chart[data-axis]')].map((chart) => chart.innerHTML).join(''),
  }
})()`

interface Reading {
  heads: string[]
  paths: Record<string, string[]>
  bands: number
  dots: [number, number][]
  open: boolean[]
  main: string
}

describe('the choice of a class', () => {
  let browser: Chromium | undefined
  let folder: string
  let comparison: Comparison
  let address: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chosen-class-'))
    comparison = await compare(data, { curve: [0.02, 0.05, 0.1, 0.2], resamples: 200 })
    const path = join(folder, 'page.html')
    await writeFile(path, await compareReport(comparison, data))
    address = pathToFileURL(path).href
  })
  after(async () => {
    await browser?.close()
    await rm(folder, { recursive: true })
  })
  async function open(script: boolean): Promise<Page> {
    browser ??= await Chromium.launch()
    return browser.open(address, { script })
  }

  it('by keyboard puts that class in all drawings, whose dots follow the slider, and back', { skip }, async () => {
    const page = await open(true)
    const whole = await page.evaluate<Reading>(read)
    assert.deepEqual(whole.heads, Array(3).fill('all anomalies'))
    assert.deepEqual(whole.open, [false, false])
    assert.equal(whole.bands, 2)
    await page.evaluate("document.querySelector('#live-set').focus()")
    await page.press('ArrowDown', 40)
    const [first = ''] = kinds
    const chosen = await page.evaluate<Reading>(read)
    assert.deepEqual(chosen.heads, Array(3).fill(first))
    assert.equal(chosen.bands, 0)
    for (const [mark, paths] of Object.entries(chosen.paths)) {
      const own = await page.evaluate<string[]>(
        `[...document.querySelectorAll('#scores-0-1 [data-mark="${mark}"], #scores-1-1 [data-mark="${mark}"], #roc-0-1 [data-mark="${mark}"], #xi-0-1 [data-mark="${mark}"]')].map((path) => path.getAttribute('d'))`,
      )
      assert.ok(own.length > 0)
      assert.deepEqual(paths, own, mark)
      assert.notDeepEqual(paths, whole.paths[mark], mark)
    }
    assertRoc(chosen, first)
    // The dots are the class's, here and at another target.
    for (const fpr of [0.05, 0.1]) {
      await page.evaluate(`{
        const slider = document.querySelector('#live-target')
        slider.value = ${Math.round(fpr / 0.0005) - 1}
        slider.dispatchEvent(new Event('input'))
      }`)
      const { dots } = await page.evaluate<Reading>(read)
      dots.forEach(([x, y], d) => {
        const normal = (data.validation[d] ?? new Float64Array()).toSorted()
        const threshold = normal[normal.length - 1 - Math.round(fpr * normal.length)] ?? Number.NaN
        assert.ok(Math.abs(y - 260 * (1 - above(of(d, first), threshold))) < 1e-6, `dot ${d} at ${fpr}: ${y}`)
        assert.ok(Math.abs(x - 360 * (above(normal, threshold) / 0.2)) < 1e-6)
      })
    }
    await page.press('ArrowDown', 40)
    assert.equal((await page.evaluate<Reading>(read)).heads[0], kinds[1])
    await page.press('Home', 36)
    await page.evaluate("document.querySelector('#live-reset').click()")
    assert.deepEqual(await page.evaluate<Reading>(read), whole)
    assert.deepEqual(page.problems, [])
  })

  /** Requires the drawn ROC curves to be those of the samples of a class, to half a pixel. */
  function assertRoc({ paths }: Reading, name: string): void {
    for (const [d, role] of ['baseline', 'candidate'].entries()) {
      const [path = ''] = paths[`roc_${role}`] ?? []
      const normal = (data.validation[d] ?? new Float64Array()).toSorted()
      const own = of(d, name)
      // Steps of one false alarm, 18 units wide, up to four times the target.
      for (let k = 0; k <= 40; k++) {
        const expected = above(own, normal[normal.length - 1 - k] ?? Number.NaN)
        assert.ok(Math.abs(1 - heightAt(path, 18 * k + 1) / 520 - expected) < 1 / 520, `${role}, ${k} false alarms`)
      }
    }
  }

  /** The y at an x of a path of steps. */
  function heightAt(path: string, x: number): number {
    let height = Number(path.match(/^M0 (\d+)/)?.[1])
    for (const [, across, down] of path.matchAll(/H(\d+)V(\d+)/g)) if (Number(across) <= x) height = Number(down)
    return height
  }

  it('needs a script: without one every class is drawn small', { skip }, async () => {
    const page = await open(false)
    const { open: folds, heads } = await page.evaluate<Reading>(read)
    assert.deepEqual([folds, heads[0]], [[true, true], 'all anomalies'])
    const shown = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.smalls svg')].filter((svg) => svg.checkVisibility() && svg.getBoundingClientRect().height > 50).map((svg) => svg.id)",
    )
    const expected = [1, 2, 3].flatMap((set) => [`scores-0-${set}`, `scores-1-${set}`, `roc-0-${set}`, `xi-0-${set}`])
    assert.deepEqual(shown.toSorted(), expected.toSorted())
    assert.equal(await page.evaluate("document.querySelector('#live-set').checkVisibility()"), false)
    const names = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.smalls figcaption')].map(({ textContent }) => textContent)",
    )
    assert.deepEqual(names, [...kinds, ...kinds])
  })
})
