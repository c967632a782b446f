import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { ScoreData } from '../../../src/compare/types.js'
import { compareReport } from '../../../src/report/compare/compareReport.js'
import type { Axis } from '../../../src/report/scores/scoreAxis.js'
import { relativeBias } from '../../../src/stats/bias/relativeBias.js'
import { Chromium, type Page, skipWithoutChromium } from '../chromium.js'
import { comparisonOf, syntheticScores } from './comparisonFixture.js'

/** Where to leave screenshots, for people to look at. */
const screenshots = process.env.REPORT_SCREENSHOTS

interface Reading {
  target: string
  slider: string
  numbers: { kind: string; detector: number; set: number; text: string }[]
  lines: { axis: Axis & { width: number; detector: number }; x: number }[]
  dots: { x: number; y: number }[]
}

/** Everything that follows the slider, as the page shows it. */
const read = `(() => {
  const place = (shape) => shape.getAttribute('transform').match(/-?\\d[-.e\\d]*/g).map(Number)
  return {
    target: document.querySelector('#live-output').textContent,
    slider: document.querySelector('#live-target').getAttribute('aria-valuetext'),
    numbers: [...document.querySelectorAll('[data-live]')].map((element) => ({
      kind: element.dataset.live, detector: Number(element.dataset.detector), set: Number(element.dataset.set),
      text: element.textContent,
    })),
    lines: [...document.querySelectorAll('.density_threshold_marks line, .ecdf_threshold_marks line')].map((line) => ({
      axis: JSON.parse(line.closest('[data-axis]').dataset.axis), x: place(line)[0],
    })),
    dots: ['baseline', 'candidate'].map((role) => {
      const [x, y] = place(document.querySelector('.dot_' + role + '_marks path'))
      return { x, y }
    }),
  }
})()`

const skip = skipWithoutChromium

describe('the report of a comparison in Chromium', () => {
  const data = syntheticScores()
  let browser: Chromium | undefined
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'compare-report-'))
    if (screenshots !== undefined) await mkdir(screenshots, { recursive: true })
  })
  after(async () => {
    await browser?.close()
    await rm(folder, { recursive: true })
  })

  async function open(address: string, window?: { script: boolean }): Promise<Page> {
    browser ??= await Chromium.launch()
    return browser.open(address, window)
  }

  async function addressOf(scores: ScoreData, warnings: readonly string[] = []): Promise<string> {
    const comparison = await comparisonOf(scores, { curve: true, warnings })
    const path = join(folder, `${Math.random()}.html`)
    await writeFile(path, await compareReport(comparison, scores, { command: 'scoring-bias compare scores.csv' }))
    return pathToFileURL(path).href
  }

  /** Requires every number that follows the slider to be the library's at that target. */
  async function assertAt(page: Page, fpr: number): Promise<void> {
    const shown = await page.evaluate<Reading>(read)
    assert.deepEqual([shown.target, shown.slider], Array(2).fill(`${Number((100 * fpr).toFixed(6))} %`))
    const [baseline, candidate] = [0, 1].map((d) => ({
      normal: data.validation[d] ?? new Float64Array(),
      anomalous: data.anomalous[d] ?? new Float64Array(),
    }))
    assert.ok(baseline && candidate)
    const answer = await relativeBias({ baseline, candidate }, { fpr, classes: data.classes, resamples: 2 })
    const readings = [answer.baseline, answer.candidate]
    const sets = [
      { tprBaseline: answer.baseline.observedTpr, tprCandidate: answer.candidate.observedTpr, xi: answer.xi },
      ...['bearing wear', 'imbalance', 'loose bolt'].map((name) => answer.classes.find((one) => one.name === name)),
    ]
    assert.equal(shown.numbers.length, 4 + 3 * sets.length)
    for (const { kind, detector, set, text } of shown.numbers) {
      const number = Number(text.replaceAll('−', '-'))
      const one = sets[set]
      const reading = readings[detector]
      assert.ok(one && reading)
      const expected =
        kind === 'threshold'
          ? reading.threshold
          : kind === 'fpr'
            ? Number(reading.observedFpr.toFixed(4))
            : Number((kind === 'xi' ? one.xi : detector === 0 ? one.tprBaseline : one.tprCandidate).toFixed(3))
      assert.equal(number + 0, expected + 0, `${kind} of detector ${detector} on set ${set} at ${fpr}`)
    }
    assert.equal(shown.lines.length, 4)
    for (const { axis, x } of shown.lines) {
      const place = axis.scale === 'log' ? Math.log : (value: number) => value
      const share =
        (place(readings[axis.detector]?.threshold ?? 0) - place(axis.low)) / (place(axis.high) - place(axis.low))
      assert.ok(Math.abs(x - axis.width * share) < 1e-6, `line at ${x} of ${axis.width}, threshold at ${share}`)
    }
    shown.dots.forEach(({ x, y }, d) => {
      assert.ok(Math.abs(x - (360 * (readings[d]?.observedFpr ?? 0)) / 0.2) < 1e-6)
      assert.ok(Math.abs(y - 260 * (1 - (readings[d]?.observedTpr ?? 0))) < 1e-6)
    })
  }

  it('starts at its own target, and follows the slider by keyboard and by value to what the library computes', {
    skip,
  }, async () => {
    const page = await open(await addressOf(data))
    await assertAt(page, 0.05)
    await page.evaluate("document.querySelector('#live-target').focus()")
    for (let i = 0; i < 3; i++) await page.press('ArrowRight', 39)
    await assertAt(page, 0.0515)
    await page.press('ArrowLeft', 37)
    await assertAt(page, 0.051)
    await page.press('Home', 36)
    await assertAt(page, 0.0005)
    await page.press('End', 35)
    await assertAt(page, 0.2)
    for (const position of [1, 19, 57, 138, 250, 333]) {
      await page.evaluate(`{
        const slider = document.querySelector('#live-target')
        slider.value = ${position}
        slider.dispatchEvent(new Event('input', { bubbles: true }))
      }`)
      await assertAt(page, Number(((position + 1) * 0.0005).toFixed(4)))
    }
    await page.evaluate("document.querySelector('#live-reset').click()")
    await assertAt(page, 0.05)
    assert.deepEqual(page.problems, [])
  })

  it('loads nothing but itself', { skip }, async () => {
    const address = await addressOf(data)
    const page = await open(address)
    assert.deepEqual(page.requests, [address])
  })

  it('keeps within windows of 1280 and 400 pixels, in light and in dark, and prints light', { skip }, async () => {
    const page = await open(await addressOf(data, ['only 40 false alarms are tolerated.']))
    for (const scheme of ['light', 'dark'] as const) {
      await page.prefer(scheme)
      for (const width of [1280, 400]) {
        await page.resize(width, 900)
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width)
        const png = await page.screenshot()
        if (screenshots !== undefined) await writeFile(join(screenshots, `${scheme}-${width}.png`), png)
      }
      const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
      assert.equal(background, scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(21, 24, 28)')
    }
    const pdf = await page.pdf()
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-')
    if (screenshots !== undefined) await writeFile(join(screenshots, 'print.pdf'), pdf)
    assert.deepEqual(page.problems, [])
  })

  it('reads without a script, and hides what needs one', { skip }, async () => {
    const page = await open(await addressOf(data), { script: false })
    const text = await page.evaluate<string>('document.body.innerText')
    for (const part of ['detects more of bearing wear', 'ROC curves:', 'What the columns hold']) {
      assert.ok(text.includes(part), part)
    }
    assert.ok(!text.includes('Target false-positive rate') && !text.includes('The slider moves'))
    assert.equal(await page.evaluate("document.querySelectorAll('.chart svg').length"), 6)
  })

  it('runs nothing that a name or a source says', { skip }, async () => {
    const attack = `</script><script>window.hit = 1</script><img src=x onerror="window.hit = 1">'"&\u2028`
    const hostile: ScoreData = {
      ...data,
      source: attack,
      detectors: [`a ${attack}`, `b ${attack}`],
      classes: (data.classes ?? []).map((name) => (name === 'imbalance' ? attack : name)),
    }
    const page = await open(await addressOf(hostile, [attack]))
    assert.equal(await page.evaluate('window.hit'), undefined)
    assert.equal(await page.evaluate("document.querySelectorAll('img').length"), 0)
    assert.ok((await page.evaluate<string>('document.body.innerText')).includes('</script><script>window.hit = 1'))
    assert.deepEqual([page.problems, page.requests.length], [[], 1])
  })
})
