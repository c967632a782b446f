import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { CellCoverage } from '../../bench/coverageCell.js'
import { onnxPython, skip } from '../onnxPython.js'

const grid: { cells: CellCoverage[] } = JSON.parse(
  readFileSync(new URL('../../bench/coverage.json', import.meta.url), 'utf8'),
)
const program = fileURLToPath(new URL('../oracle/coverage_numpy.py', import.meta.url))
const dataSets = 400

/** What `confidence` was found to do in a cell, and what numpy finds. */
function twice([law, correlation, nNormal, nAnomalous]: readonly [string, number, number, number]) {
  const found = grid.cells.find(
    (cell) =>
      cell.law === law &&
      cell.correlation === correlation &&
      cell.nNormal === nNormal &&
      cell.nAnomalous === nAnomalous,
  )
  const stored = found?.methods.confidence ?? assert.fail(`nothing is stored of ${law} at ${nNormal}`)
  const args = [law, correlation, nNormal, nAnomalous, 0.05, dataSets].map(String)
  const { status, stdout, stderr } = onnxPython(program, ...args)
  assert.equal(status, 0, stderr)
  return { stored, own: JSON.parse(stdout) as { covered: number; length: number; sd: number } }
}

// No, one, two, five and ten tolerated false alarms. Shares and mean lengths within five standard errors of their
// difference; a share of 1 has one too.
test('a program in numpy finds the coverage and the lengths of the published table', { skip }, () => {
  for (const cell of [
    ['shift', 0.5, 19, 20],
    ['steep', 0.9, 20, 20],
    ['scale', 0.5, 40, 100],
    ['exchangeable', 0, 100, 20],
    ['steep', -0.5, 100, 5],
    ['shift', 0.95, 200, 100],
  ] as const) {
    const { stored, own } = twice(cell)
    const missed = stored.above + stored.below
    const share = 1 - missed / stored.dataSets
    const pooled = (missed + (1 - own.covered) * dataSets + 1) / (stored.dataSets + dataSets + 2)
    const scale = Math.sqrt(1 / stored.dataSets + 1 / dataSets)
    const off = Math.abs(share - own.covered) / (Math.sqrt(pooled * (1 - pooled)) * scale)
    assert.ok(off < 5, `${cell}: covers ${share}, by numpy ${own.covered}`)
    const length = stored.length / stored.dataSets
    assert.ok(Math.abs(length - own.length) < 5 * own.sd * scale, `${cell}: length ${length}, by numpy ${own.length}`)
  }
})
