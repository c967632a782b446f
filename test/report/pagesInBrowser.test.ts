import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { cli } from '../cli/commandLine.js'
import { Chromium, type Page, skipWithoutChromium } from './chromium.js'
import { pages } from './longNames.js'

const skip = skipWithoutChromium

/** What lies beyond the right edge of the window and in nothing that scrolls by keys, and drawings that are cut. */
const cut = `(() => {
  const wide = document.documentElement.clientWidth
  const found = []
  for (const element of document.querySelectorAll('main *')) {
    if (element.closest('.unseen, [tabindex="0"].scroll') && !element.matches('.scroll')) continue
    const { left, right, width } = element.getBoundingClientRect()
    if (width > 0 && (right > wide + 0.5 || left < -0.5)) found.push(element.outerHTML.slice(0, 120))
  }
  for (const chart of document.querySelectorAll('.chart')) {
    if (chart.scrollWidth > chart.clientWidth + 1) found.push('scrolls: ' + chart.outerHTML.slice(0, 120))
  }
  for (const text of document.querySelectorAll('.chart svg text')) {
    const [inside, frame] = [text.getBoundingClientRect(), text.closest('svg').getBoundingClientRect()]
    if (inside.width > 0 && (inside.right > frame.right + 1 || inside.left < frame.left - 1 || inside.top < frame.top - 2)) {
      found.push('beyond its drawing: ' + text.textContent)
    }
  }
  return found.slice(0, 5)
})()`

/** Drawings whose letters, of 12 pixels before they are scaled, are larger than those of the text around them. */
const oversized = `[...document.querySelectorAll('.chart svg')]
  .map((svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)
  .filter((scale) => 12 * scale > 1.01 * Number.parseFloat(getComputedStyle(document.body).fontSize))`

/** Texts with a contrast (WCAG 2) below 4.5 with the colour behind them. */
const faint = `(() => {
  const rgba = (text) => text.match(/[\\d.]+/g).map(Number)
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const colour = rgba(getComputedStyle(one).backgroundColor)
      if (colour[3] !== 0) return colour
    }
  }
  const found = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement
    if (walker.currentNode.data.trim() === '' || element.closest('script, style, title, option')) continue
    if (!element.checkVisibility()) continue
    const style = getComputedStyle(element)
    const ink = rgba(element.closest('svg') === null ? style.color : style.fill)
    const [dark, bright] = [light(ink.slice(0, 3)), light(behind(element).slice(0, 3))].sort((a, b) => a - b)
    const contrast = (bright + 0.05) / (dark + 0.05)
    if (contrast < 4.5) found.push(contrast.toFixed(2) + ' ' + walker.currentNode.data.slice(0, 60))
  }
  return found.slice(0, 5)
})()`

/** Tables and drawings without what tells those who do not see them. */
const untold = `(() => {
  const found = []
  for (const table of document.querySelectorAll('table')) {
    const region = table.parentElement
    const told = region.getAttribute('role') === 'region' && region.tabIndex === 0 && (region.getAttribute('aria-label') ?? '').length > 8
    if (!told || table.caption === null || table.caption.textContent.length < 4) found.push(table.outerHTML.slice(0, 120))
    for (const head of table.querySelectorAll('th')) if (!head.scope) found.push(head.outerHTML)
  }
  for (const svg of document.querySelectorAll('svg')) {
    const image = svg.closest('[role="img"]')
    const label = image === null ? '' : image.getAttribute('aria-label') ?? ''
    if (svg.getAttribute('aria-hidden') !== 'true' && label.length < 12) found.push(svg.outerHTML.slice(0, 120))
  }
  for (const arrow of document.querySelectorAll('.arrow')) {
    if (!/^.(up|down|undecided)$/.test(arrow.textContent)) found.push(arrow.outerHTML)
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
  if (new Set(ids).size < ids.length) found.push('an id is there twice')
  return found.slice(0, 5)
})()`

/** How far the first column of each table that scrolls is from its place when it has been scrolled to the end. */
const slipped = `[...document.querySelectorAll('.scroll')]
  .filter((region) => region.scrollWidth > region.clientWidth + 20)
  .map((region) => {
    region.scrollLeft = region.scrollWidth
    return [...region.querySelectorAll('tr > th:first-child')].map(
      (head) => Math.abs(head.getBoundingClientRect().left - region.getBoundingClientRect().left),
    )
  })`

describe('pages with long names in Chromium', () => {
  let browser: Chromium | undefined
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pages-'))
  })
  after(async () => {
    await browser?.close()
    await rm(folder, { recursive: true })
  })

  async function open(html: string): Promise<Page> {
    browser ??= await Chromium.launch()
    const path = join(folder, `${Math.random()}.html`)
    await writeFile(path, html)
    return browser.open(pathToFileURL(path).href)
  }

  for (const [name, make] of Object.entries(pages)) {
    it(`of ${name}: nothing is cut, faint or untold, on screens and on paper`, { skip }, async () => {
      const page = await open(await make())
      assert.deepEqual(await page.evaluate(untold), [])
      for (const width of [1280, 768, 380]) {
        await page.resize(width, 900)
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width)
        assert.deepEqual(await page.evaluate(cut), [], `at ${width} pixels`)
        assert.deepEqual(await page.evaluate(oversized), [], `at ${width} pixels`)
      }
      // At 380 pixels: whatever is scrolled keeps its first column.
      const places = await page.evaluate<number[][]>(slipped)
      assert.ok(places.length > 0)
      for (const all of places) assert.ok(Math.max(...all) < 1, all.join())
      for (const scheme of ['light', 'dark'] as const) {
        await page.prefer(scheme)
        assert.deepEqual(await page.evaluate(faint), [], scheme)
      }
      await page.media('print')
      // An A4 page between its margins.
      await page.resize(688, 1000)
      assert.deepEqual(await page.evaluate(cut), [], 'on paper')
      const kept = "[...document.querySelectorAll('tr')].every((row) => getComputedStyle(row).breakInside === 'avoid')"
      assert.equal(await page.evaluate(kept), true)
      assert.equal((await page.pdf()).subarray(0, 5).toString(), '%PDF-')
      assert.deepEqual(page.problems, [])
    })
  }

  it('draws a chart of few columns no larger than the others', { skip }, async () => {
    const report = join(folder, 'converge.html')
    const few = ['--n', '20,40', '--alpha', '0.1', '--runs', '20', '--epochs', '1', '--pretrain-epochs', '1']
    const said = await cli('converge', 'statlog', ...few, '--quiet', '--report', report)
    assert.equal(said.code, 0, said.stderr)
    const page = await open(await readFile(report, 'utf8'))
    assert.equal(await page.evaluate("document.querySelectorAll('.chart svg').length"), 2)
    assert.deepEqual(await page.evaluate(oversized), [])
  })
})
