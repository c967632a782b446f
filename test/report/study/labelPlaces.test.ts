import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderSvg } from '../../../src/report/charts/renderSvg.js'
import { labelPlaces, type NamedPoint } from '../../../src/report/study/labelPlaces.js'
import { similarityChart } from '../../../src/report/study/similarityChart.js'
import { study } from './studyFixture.js'

const area = { width: 820, height: 360, fontSize: 12, zero: 180 }
const point = (x: number, y: number, label: string): NamedPoint => ({ x, y, top: y - 40, bottom: y + 40, label })

/** Where a name's ink lies, for characters of half the font's size. */
function boxes(points: readonly NamedPoint[]) {
  return labelPlaces(points, area).flatMap((place, i) => {
    if (place === undefined) return []
    const { x, y, align } = place
    const length = 6 * (points[i]?.label.length ?? 0)
    return {
      left: align === 'left' ? x : x - length,
      right: align === 'left' ? x + length : x,
      top: y - 6,
      bottom: y + 6,
    }
  })
}

test('a name stands level with its point, to its right where there is room', () => {
  assert.deepEqual(labelPlaces([point(100, 100, 'one'), point(810, 100, 'other')], area), [
    { x: 109, y: 100, align: 'left' },
    { x: 801, y: 100, align: 'right' },
  ])
})

test('names of points that lie together meet neither each other nor any point, and stay inside', () => {
  const crowd = ['pullover', 'coat', 'shirt (labelled)', 'dress ↓', 'bag', 'vegetation stubble ↑'].map((label, i) =>
    point(16 + 4 * (i % 2), 150 + 6 * i, label),
  )
  const placed = boxes(crowd)
  for (const [i, a] of placed.entries()) {
    assert.ok(a.left >= 0 && a.right <= area.width && a.top >= 0 && a.bottom <= area.height)
    for (const b of placed.slice(i + 1)) {
      assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top)
    }
    for (const { x, y } of crowd) assert.ok(x < a.left || x > a.right || y < a.top || y > a.bottom)
  }
})

test('a name that has to reach over the point of another stands off it, so that it is not taken for the other’s', () => {
  // The right one has no room at its right.
  const [left, right] = [point(760, 100, 'red soil'), point(781, 98, 'vegetation stubble')]
  const [own, far] = labelPlaces([left, right], area)
  assert.equal(own?.y, 100)
  assert.ok(far !== undefined && Math.abs(far.y - left.y) > 2 * area.fontSize, JSON.stringify(far))
})

test('of more names than there is room for some are left out, and none lies on another; those that must stand there do', () => {
  const crowd = Array.from({ length: 60 }, (_, i) => ({
    ...point(400 + 5 * i, 180 + (i % 3), `surface_de…type_${i}`),
    always: i === 59,
  }))
  const places = labelPlaces(crowd, area)
  assert.ok(places.some((place) => place === undefined))
  assert.notEqual(places.at(-1), undefined)
  const placed = boxes(crowd)
  assert.ok(placed.length > 8)
  for (const [i, a] of placed.entries()) {
    for (const b of placed.slice(i + 1)) {
      assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top)
    }
  }
})

test('a chart of many classes at one place leaves names out', async () => {
  const classes = study.classes.flatMap((one) =>
    Array.from({ length: 7 }, (_, k) => ({ ...one, l2: 1, xi: 0, name: `surface defect of kind ${k} on ${one.name}` })),
  )
  const shown = { ...study, anomaly: classes[0]?.name ?? '', classes }
  const svg = await renderSvg(similarityChart(shown, 'wide'))
  const named = [...svg.matchAll(/>surface[^<]*</g)].length
  // Each name twice: once as its own ground.
  assert.ok(named > 10 && named < 2 * classes.length, String(named))
})
