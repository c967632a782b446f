import assert from 'node:assert/strict'
import { it } from 'node:test'
import { uniform } from '../../src/random/uniform.js'
import { studyInterval } from '../../src/study/studyInterval.js'

const near = (actual: readonly number[], expected: readonly number[]) => {
  for (const [i, x] of expected.entries())
    assert.ok(Math.abs((actual[i] ?? Number.NaN) - x) < 1e-12, `${actual} against ${expected}`)
}

/** Standard normal variates by Box and Muller's method. */
function normals(replicate: number, count: number): number[] {
  const u = uniform(2 * count, { seed: 11, stream: 1, replicate })
  return Array.from(
    { length: count },
    (_, i) => Math.sqrt(-2 * Math.log(u[2 * i] ?? 0)) * Math.cos(2 * Math.PI * (u[2 * i + 1] ?? 0)),
  )
}

it('adds the variances of samples and training and takes t at the effective degrees of freedom (scipy)', () => {
  const { interval, samplingVariance, trainingVariance } = studyInterval(
    [0.1, 0.25, 0.15, 0.3],
    [0.18, 0.2, 0.22, 0.25, 0.15, 0.21],
    1000,
    0.95,
  )
  near([samplingVariance, trainingVariance], [0.0011766666666666666, 0.0020833333333333333])
  near(interval, [0.06626620906019318, 0.3337337909398068])
})

it('covers sampling alone, by the normal law, for one run (scipy)', () => {
  const { interval, trainingVariance } = studyInterval([0.2], [0.18, 0.2, 0.22, 0.25, 0.15, 0.21], 1000, 0.9)
  assert.equal(trainingVariance, 0)
  near(interval, [0.14357728473697612, 0.2564227152630239])
})

it('stays open where no sample tells the detectors apart', () => {
  const { interval } = studyInterval([0, 0, 0], [0, 0, 0, 0], 98, 0.95)
  near(interval, [-0.0195996398454005, 0.0195996398454005])
})

it('is cut at -1 and 1', () => {
  assert.deepEqual(studyInterval([1, -1], [0.9, -0.9], 10, 0.95).interval, [-1, 1])
})

it('covers the truth as often as it says, with five runs and either source of variation dominating', () => {
  const nStudies = 2000
  for (const [i, [training, sampling]] of (
    [
      [0.05, 0.01],
      [0.02, 0.02],
      [0.005, 0.03],
    ] as const
  ).entries()) {
    let covered = 0
    for (let study = 0; study < nStudies; study++) {
      const [shared = 0, ...draws] = normals(nStudies * i + study, 46)
      // Every run sees the same samples, so their error is common to all of them.
      const xis = draws.slice(0, 5).map((z) => 0.3 + training * z + sampling * shared)
      const replicates = draws.slice(5).map((z) => sampling * z)
      const { interval } = studyInterval(xis, replicates, 1e6, 0.95)
      if (interval[0] <= 0.3 && 0.3 <= interval[1]) covered++
    }
    // Four standard errors of 2,000 studies at 95 % are 0.02; 40 replicates cost another percent.
    assert.ok(Math.abs(covered / nStudies - 0.95) < 0.025, `coverage ${covered / nStudies} at ${training}, ${sampling}`)
  }
})
