import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { TopLevelSpec } from 'vega-lite'
import { renderSvg } from '../../src/report/charts/renderSvg.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = join(root, 'dist/report/charts')

const values = Array.from({ length: 30 }, (_, i) => ({ x: i, y: Math.sin(i), kind: ['a', 'b', 'constructor'][i % 3] }))
const x = { field: 'x', type: 'quantitative' } as const
const y = { field: 'y', type: 'quantitative' } as const
const charts: Record<string, TopLevelSpec> = {
  lines: { data: { values }, mark: 'line', encoding: { x, y, color: { field: 'kind' } } },
  areas: {
    data: { values },
    mark: { type: 'area', clip: true },
    encoding: { x: { ...x, scale: { type: 'symlog' } }, y },
  },
  bars: { data: { values }, mark: 'bar', encoding: { x: { field: 'kind' }, y: { aggregate: 'mean', field: 'y' } } },
  facets: { data: { values }, mark: 'point', encoding: { x, y, column: { field: 'kind' } } },
  heat: {
    data: { values },
    mark: 'rect',
    encoding: { x: { field: 'kind' }, y: { bin: true, field: 'x' }, color: { aggregate: 'count' } },
  },
  layers: {
    data: { values },
    layer: [
      { mark: 'rule', encoding: { x } },
      { mark: { type: 'text', text: 'ξ' }, encoding: { x, y } },
    ],
  },
}

for (const [name, spec] of Object.entries(charts)) {
  test(`the one file that draws in the package draws ${name} as Vega's own files do`, async () => {
    const built: typeof import('../../src/report/charts/renderSvg.js') = await import(join(folder, 'renderSvg.js'))
    const svg = await renderSvg(spec)
    assert.match(svg, /^<svg /)
    assert.equal(await built.renderSvg(spec), svg)
  })
}

test('it loads no package, and the licences of those in it lie beside it', () => {
  const code = readFileSync(join(folder, 'vega.js'), 'utf8')
  assert.deepEqual(code.match(/\bimport\s*[{*"'][^;]*/g) ?? [], [])
  const licences = readFileSync(join(folder, 'vega.LICENSES.txt'), 'utf8')
  for (const name of ['vega', 'vega-lite', 'vega-scenegraph', 'd3-array', 'd3-shape', 'topojson-client'])
    assert.match(licences, new RegExp(`^${name} \\d`, 'm'))
})
