import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { heatTable } from '../../src/report/charts/heatTable.js'
import { page } from '../../src/report/page.js'
import { Chromium, skipWithoutChromium } from './chromium.js'

const columns = Array.from({ length: 31 }, (_, k) => `surface defect on the casting housing, type ${k}`)
const rows = Array.from({ length: 30 }, (_, i) => ({
  name: `surface defect on the casting housing, type ${i}`,
  cells: columns.map((_, k) => ({ xi: Math.sin(i + k), direction: k % 3 === 0 ? ('up' as const) : ('none' as const) })),
}))
const look = { label: 'ξ by labelled and tested class', corner: 'Labelled', columns }

describe('a heat map of thirty classes', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heat-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('is one table on screens and two on paper, with every cell in both', () => {
    const [screen = '', paper = ''] = heatTable(rows, look).text.split('<div class="on-paper">')
    const counts = (text: string) => ['<table>', '<td ', 'scope="row"'].map((part) => text.split(part).length - 1)
    assert.deepEqual(counts(screen), [1, 930, 30])
    assert.deepEqual(counts(paper), [2, 930, 60])
    assert.match(paper, /Table of ξ by labelled and tested class, columns 17 to 31 of 31/)
  })

  it('of few columns is the same table on both', () => {
    const few = heatTable(
      rows.map((row) => ({ ...row, cells: row.cells.slice(0, 16) })),
      { ...look, columns: columns.slice(0, 16) },
    )
    assert.doesNotMatch(few.text, /on-paper/)
  })

  it('can be read on paper, where nothing is cut', { skip: skipWithoutChromium }, async () => {
    const path = join(folder, 'heat.html')
    await writeFile(path, page('heat', heatTable(rows, look)))
    const browser = await Chromium.launch()
    try {
      const shown = await browser.open(pathToFileURL(path).href)
      const seen = (which: string) => shown.evaluate<boolean>(`document.querySelector('${which}').checkVisibility()`)
      assert.deepEqual([await seen('.on-screen'), await seen('.on-paper')], [true, false])
      await shown.media('print')
      await shown.resize(688, 1000)
      assert.deepEqual([await seen('.on-screen'), await seen('.on-paper')], [false, true])
      const [right, height] = await shown.evaluate<number[]>(`(() => {
        const cells = [...document.querySelectorAll('.on-paper td')]
        const text = (cell) => { const range = document.createRange(); range.selectNodeContents(cell.firstChild); return range.getBoundingClientRect().height }
        return [Math.max(...cells.map((one) => one.getBoundingClientRect().right)), Math.min(...cells.map(text))]
      })()`)
      assert.ok(Number(right) <= 689, `cells reach to ${right} of 688`)
      // 6.5 points at least.
      assert.ok(Number(height) >= 8.6, `text is ${height} pixels high`)
    } finally {
      await browser.close()
    }
  })
})
