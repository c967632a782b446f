import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lossCurves } from '../../../src/report/study/lossChart.js'

const none = new Float64Array(0)

test('a run has a curve of pretraining and one of training, which starts where pretraining ends', () => {
  const { scale, curves } = lossCurves(
    [{ run: 3, pretrainLosses: Float64Array.of(4, 2), losses: Float64Array.of(1) }],
    2,
  )
  assert.equal(scale, 'log')
  assert.deepEqual(curves, [
    {
      run: 3,
      points: [
        { epoch: 1, loss: 4 },
        { epoch: 2, loss: 2 },
      ],
    },
    { run: 3, points: [{ epoch: 3, loss: 1 }] },
  ])
})

test('a run that diverged at once has no curve, and one loss that is not positive makes the scale linear', () => {
  const run = (losses: number[]) => ({ run: 0, pretrainLosses: none, losses: Float64Array.from(losses) })
  assert.deepEqual(lossCurves([run([])], 0), { scale: 'log', curves: [], validation: [] })
  assert.equal(lossCurves([run([1, 2]), run([1, 0])], 0).scale, 'linear')
  assert.equal(lossCurves([run([1, -1e-9])], 0).scale, 'linear')
})

test('a long curve is thinned without losing a spike or a dip', () => {
  const losses = Float64Array.from({ length: 10_000 }, (_, i) => 2 + Math.sin(i / 700))
  losses[4321] = 99
  losses[8765] = 0.01
  const [curve] = lossCurves([{ run: 0, pretrainLosses: none, losses }], 0).curves
  const points = curve?.points ?? []
  assert.ok(points.length > 150 && points.length <= 300)
  assert.ok(points.every(({ epoch, loss }) => loss === losses[epoch - 1]))
  assert.ok(points.every(({ epoch }, i) => i === 0 || epoch > (points[i - 1]?.epoch ?? 0)))
  assert.ok(points.some(({ epoch, loss }) => epoch === 4322 && loss === 99))
  assert.ok(points.some(({ epoch, loss }) => epoch === 8766 && loss === 0.01))
})
