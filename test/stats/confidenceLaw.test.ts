import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { at } from '../../src/check.js'
import { type Bounds, depthOf, unbounded } from '../../src/stats/bias/biasLaw.js'
import { confidenceLaws } from '../../src/stats/bias/confidenceLaw.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { scoreSets } from '../../src/stats/bias/sets.js'
import { normals, scorePair } from './samples.js'

type Score = number | string
type Labels = number[] | [number[], number[]] | null
type Row = [
  design: 'paired' | 'independent',
  normal: Score[][],
  anomalous: Score[][],
  classes: Labels,
  fpr: number,
  values: [number, number[]][],
  bounds: Bounds[],
  outside: number | null,
  moments: [number, number][],
]
const rows: Row[] = JSON.parse(readFileSync(new URL('../oracle/confidence_law.json', import.meta.url), 'utf8'))

const nameOf = (d: number, set: number) => `${d}.${set}`
const numbers = (scores: Score[] | undefined) =>
  Float64Array.from(scores ?? [], (x) =>
    x === 'inf' ? Number.POSITIVE_INFINITY : x === '-inf' ? Number.NEGATIVE_INFINITY : Number(x),
  )

function lawsOf(
  design: 'paired' | 'independent',
  normal: Score[][],
  anomalous: Score[][],
  classes: Labels,
  fpr: number,
) {
  const detectors = [0, 1].map((d) => ({ normal: numbers(normal[d]), anomalous: [numbers(anomalous[d])] }))
  const labels = classes?.map((own, d) => ({
    name: 'classes',
    labels: Array.isArray(own) ? own : (classes as number[]),
    d,
  }))
  const sets = scoreSets(detectors, labels?.slice(0, 2), { fprs: [fpr], design }, nameOf)
  return confidenceLaws(sets.input, { budget: Number.POSITIVE_INFINITY }, nameOf)
}

test('the law is that of all cells enumerated', async () => {
  assert.equal(rows.length, 10)
  for (const [design, normal, anomalous, classes, fpr, values, bounds, outside, moments] of rows) {
    const joint = (await lawsOf(design, normal, anomalous, classes, fpr)) ?? assert.fail()
    const close = (actual: number, expected: number) =>
      assert.ok(Math.abs(actual - expected) < 2e-9, `${design} ${fpr}: ${actual} for ${expected}`)
    for (const [x, perSet] of values)
      perSet.forEach((p, k) => {
        const law = joint.laws[k] ?? assert.fail()
        close(law.atMost(x), p)
        close(law.atLeast(x), 1 - p)
        // What is read off a share has that share, but for atoms at either end.
        const [low, high] = [law.lowest((share) => share > p), law.highest((share) => share > 1 - p)]
        if (Math.abs(low) < 1) close(law.atMost(low), p)
        if (Math.abs(high) < 1) close(law.atLeast(high), 1 - p)
      })
    moments.forEach(([mean, sd], k) => {
      close(joint.laws[k]?.mean ?? Number.NaN, mean)
      close(joint.laws[k]?.standardError ?? Number.NaN, sd)
    })
    if (outside !== null) close(at(await joint.outside([[unbounded, ...bounds]]), 0), outside)
  }
})

/** Thresholds between −1 and 1; of the anomalies, far from them, some are flagged by one detector alone. */
function settled(up: number, down: number) {
  const flags = (first: number, second: number) =>
    Float64Array.of(...new Array(up).fill(first), ...new Array(down).fill(second), 50, 50, -50, -50, -50)
  return {
    baseline: { normal: normals(2000, 1), anomalous: flags(-50, 50) },
    candidate: { normal: normals(2000, 2), anomalous: flags(50, -50) },
  }
}

test('with thresholds that no anomaly is near the p-value is the mid-p value of the sign test, to the last digits', async () => {
  const oracle = JSON.parse(readFileSync(new URL('../oracle/confidence.json', import.meta.url), 'utf8'))
  for (const [up, down, mid] of oracle.signs) {
    const { pValue, seed, resamples, engine } = await relativeBias(settled(up, down))
    assert.deepEqual([seed, resamples, engine], [undefined, undefined, 'exact'])
    assert.ok(Math.abs(pValue - mid) < 3e-9, `${up} to ${down}: ${pValue} for ${mid}`)
  }
})

test('no seed and no thread count changes a bit; replicates and engines are drawn', async () => {
  const scores = scorePair(300, 90)
  const classes = Array.from({ length: 90 }, (_, i) => i % 3)
  const answers = [{}, { seed: 7, resamples: 50 }, { threads: 1 }, { engine: 'exact' as const }]
  const [first, ...rest] = await Promise.all(answers.map((more) => relativeBias(scores, { classes, ...more })))
  for (const other of rest) assert.deepEqual(other, first)
  for (const more of [{ engine: 'tree' as const }, { replicates: true }]) {
    const drawn = await relativeBias(scores, { classes, seed: 7, ...more })
    assert.deepEqual([drawn.engine, drawn.seed], ['confidence', 7])
    assert.ok(Math.abs(drawn.interval[0] - (first?.interval[0] ?? Number.NaN)) < 0.02)
  }
})

test('intervals, p-values and families are one statement', async () => {
  for (const level of [0.5, 0.8, 0.95, 0.999]) {
    for (const shift of [0, 0.5, 1]) {
      const scores = scorePair(200, 60)
      const candidate = { ...scores.candidate, anomalous: scores.candidate.anomalous.map((x) => x + shift) }
      const classes = Array.from({ length: 60 }, (_, i) => i % 4)
      const answer = await relativeBias({ ...scores, candidate }, { classes, level })
      const alpha = Number((1 - level).toPrecision(12))
      for (const { interval, pValue, simultaneous, pAdjusted } of [answer, ...answer.classes]) {
        const excludes = ([low, high]: readonly [number, number]) => low > 0 || high < 0
        assert.equal(excludes(interval), pValue <= alpha)
        assert.equal(excludes(simultaneous), pAdjusted <= alpha)
        assert.ok(pAdjusted >= pValue && simultaneous[0] <= interval[0] && simultaneous[1] >= interval[1])
      }
    }
  }
})

test('the simultaneous level is used up', async () => {
  const { input } = scoreSets(
    [0, 1].map((d) => ({ normal: normals(100, d + 1), anomalous: [normals(45, d + 3)] })),
    [0, 1].map(() => ({ name: 'classes', labels: Array.from({ length: 45 }, (_, i) => i % 3) })),
    { fprs: [0.1] },
    nameOf,
  )
  const joint = (await confidenceLaws(input, { budget: 1e9 }, nameOf)) ?? assert.fail()
  const detector = (d: number) => ({
    normal: input.normal[d] as Float64Array,
    anomalous: input.anomalous[d]?.[0] as Float64Array,
  })
  const classes = Array.from({ length: 45 }, (_, i) => i % 3)
  const answer = await relativeBias({ baseline: detector(0), candidate: detector(1) }, { fpr: 0.1, classes })
  const [outside = 0] = await joint.outside([[unbounded, ...answer.classes.map(({ simultaneous }) => simultaneous)]])
  assert.ok(Math.abs(outside - 0.05) < 1e-8, `${outside}`)
  const depths = answer.classes.flatMap(({ simultaneous }, k) =>
    simultaneous.map((x) => depthOf(joint.laws[k + 1] ?? assert.fail(), x)),
  )
  for (const depth of depths) assert.ok(Math.abs(depth - (depths[0] ?? 0)) < 1e-8)
})

test('a budget that is exceeded leaves the question to draws', async () => {
  const detectors = [1, 2].map((seed) => ({ normal: normals(20, seed), anomalous: [normals(20_000, seed + 5)] }))
  const sets = scoreSets(detectors, undefined, { fprs: [0.05] }, nameOf)
  assert.equal(await confidenceLaws(sets.input, { budget: 1e9 }, nameOf), undefined)
})

test('an abort stops it', async () => {
  const scores = scorePair(300, 90)
  await assert.rejects(relativeBias(scores, { signal: AbortSignal.abort() }), { code: 'ABORTED' })
})
