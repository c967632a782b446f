import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compareRange } from '../../../src/compare/compareRange.js'
import { compareSeeds } from '../../../src/compare/compareSeeds.js'
import { compareTargets } from '../../../src/compare/compareTargets.js'
import type { Comparison, ScoreData } from '../../../src/compare/types.js'
import { compareReport } from '../../../src/report/compare/compareReport.js'
import { compareHeadline, compareText } from '../../../src/report/compare/compareText.js'
import { rangeReport } from '../../../src/report/compare/rangeReport.js'
import { seedReport } from '../../../src/report/compare/seedReport.js'
import { formatInterval } from '../../../src/report/format.js'
import { normals } from '../../stats/samples.js'

/** 300 normals and 60 anomalies of two classes; the second detector finds more, the third is the first with noise. */
function scores(): ScoreData {
  const common = normals(360, 1)
  const shifted = (stream: number, shift: number) =>
    normals(360, stream).map((x, i) => x + (common[i] ?? 0) + (i < 300 ? 0 : shift))
  const all = [shifted(2, 1), shifted(3, 1.7), shifted(4, 1)]
  return {
    ...{ source: 'scores.csv', detectors: ['old', 'new', 'other'] },
    validation: all.map((own) => own.slice(0, 300)),
    anomalous: all.map((own) => own.slice(300)),
    classes: Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 'a' : 'b')),
  }
}

const first = (data: ScoreData, n: number): ScoreData => ({
  ...data,
  detectors: data.detectors.slice(0, n),
  validation: data.validation.slice(0, n),
  anomalous: data.anomalous.slice(0, n),
})

/** The cells of each row of all anomalies of a page: of its simultaneous interval. */
function simultaneousCells(page: string): (string | undefined)[] {
  const rows = page.matchAll(/<tr>\s*<th scope="row">all anomalies<\/th>(.*?)<\/tr>/gs)
  return Array.from(rows, ([, row = '']) => /<td class="bar">.*?<\/td>\s*<td>(.*?)<\/td>/s.exec(row)?.[1])
}

const shownOf = (comparisons: readonly Pick<Comparison, 'candidates'>[]) =>
  comparisons.flatMap(({ candidates }) => candidates.map(({ overall }) => formatInterval(overall.simultaneous, 3)))

describe('the row of all anomalies', () => {
  it('at several targets has the interval that holds at all of them, which decides on its arrow', async () => {
    const data = first(scores(), 2)
    const found = await compareTargets(data, { fprs: [0.05, 0.1, 0.2], resamples: 2000 })
    const page = await compareReport(found, data)
    assert.deepEqual(simultaneousCells(page), shownOf(found.targets))
    for (const { candidates } of found.targets) {
      for (const { overall } of candidates) {
        const [[low, high], [least, most]] = [overall.interval, overall.simultaneous]
        assert.ok(least < low && high < most && overall.pAdjusted > overall.pValue)
      }
    }
    assert.match(page, /which holds for all classes and targets at once, excludes 0/)
    assert.match(page, /together and holds for all targets at once\./)
    assert.match(page, /at all classes and targets; in the row of all anomalies for those of all targets</)
    assert.doesNotMatch(page, /stands alone|for that row alone/)
    for (const interval of shownOf(found.targets)) assert.ok(compareText(found).includes(interval))
  })

  it('at one target stands alone, and with several candidates holds for them', async () => {
    const alone = first(scores(), 2)
    const found = await compareTargets(alone, { fprs: [0.1], resamples: 200 })
    const page = await compareReport(found, alone)
    assert.deepEqual(simultaneousCells(page), ['–'])
    assert.match(page, /together and stands alone\./)
    assert.match(page, /at all classes; in the row of all anomalies for that row alone</)
    const many = await compareTargets(scores(), { fprs: [0.1, 0.2], resamples: 200 })
    const both = await compareReport(many, scores())
    assert.deepEqual(simultaneousCells(both), shownOf(many.targets))
    assert.match(both, /together and holds for all candidates and targets at once\./)
  })

  it('without classes is not said to be judged by its own interval where it is judged by another', async () => {
    const { classes: _, ...data } = first(scores(), 3)
    const words = async (fprs: number[], n: number) => {
      const { targets } = await compareTargets(first(data, n), { fprs, resamples: 200 })
      const undecided = { xi: 0.1, direction: 'none', name: 'all anomalies' } as const
      return targets.map((one) => {
        const candidate = one.candidates[0] ?? assert.fail()
        return compareHeadline(one, { ...candidate, overall: { ...candidate.overall, ...undecided } })
      })
    }
    const [alone] = await words([0.1], 2)
    assert.equal(alone, 'No difference is shown on all anomalies: the 95 % interval includes 0.')
    const joint = 'No difference is shown on all anomalies: the simultaneous 95 % interval includes 0.'
    assert.deepEqual(await words([0.1, 0.2], 2), [joint, joint])
    // Of several candidates it says which: what another detects less of would contradict it.
    assert.deepEqual(await words([0.1], 3), [joint.replace('difference is', 'difference between old and new is')])
  })

  it('over a range and of trainings stands alone, and holds for the candidates of a range', async () => {
    const range = async (data: ScoreData) => {
      const found = await compareRange(data, { fprRange: [0.02, 0.2], resamples: 200 })
      return [simultaneousCells(await rangeReport(found)), found] as const
    }
    assert.deepEqual((await range(first(scores(), 2)))[0], ['–'])
    const [cells, { candidates }] = await range(scores())
    assert.deepEqual(
      cells,
      candidates.map(({ overall }) => formatInterval(overall.simultaneous, 3)),
    )
    const trainings = { baseline: 'old', candidate: 'new*', nBaseline: 1 }
    const seeds = await compareSeeds({ ...scores(), trainings }, { resamples: 200 })
    assert.deepEqual(simultaneousCells(await seedReport(seeds)), ['–'])
    assert.deepEqual(seeds.overall.simultaneous, seeds.overall.interval)
  })

  it('of samples in groups at several targets has it too', async () => {
    const groups = {
      normal: Array.from({ length: 300 }, (_, i) => `${i % 40}`),
      anomalous: Array.from({ length: 60 }, (_, i) => `${i % 30}`),
    }
    const data = { ...first(scores(), 2), groups }
    const found = await compareTargets(data, { fprs: [0.05, 0.1], resamples: 200 })
    assert.deepEqual(simultaneousCells(await compareReport(found, data)), shownOf(found.targets))
  })
})
