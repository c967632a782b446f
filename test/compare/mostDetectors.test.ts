import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { compareSeeds } from '../../src/compare/compareSeeds.js'
import { compareTargets } from '../../src/compare/compareTargets.js'
import { joinScores } from '../../src/compare/joinScores.js'
import { readScores } from '../../src/compare/readScores.js'
import type { ScoreData } from '../../src/compare/types.js'

const folder = await mkdtemp(join(tmpdir(), 'most-detectors-'))
after(() => rm(folder, { recursive: true }))

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const names = (n: number) => Array.from({ length: n }, (_, d) => `c${d}`)
const line = (label: string, n: number) => [label, ...names(n).map((_, d) => d % 7)].join(',')
/** The last row has no label: who reads it says so. */
const wide = (n: number) => ['label,'.concat(names(n).join()), line('0', n), line('1', n), line('?', n)].join('\n')
const tooMany = (source: string) => ({
  code: 'OUT_OF_RANGE',
  message: new RegExp(`${source} has .*1,001 detectors.*at most 1,000`),
})

describe('more detectors than a comparison has', () => {
  it('are refused before the rows of a file are read', async () => {
    const path = await file('wide.csv', wide(1001))
    await assert.rejects(readScores(path, { baseline: 'c0', candidates: 'all' }), {
      code: 'OUT_OF_RANGE',
      message:
        `${path} has 1,001 detectors to compare, the baseline among them. A comparison has at most 1,000. ` +
        'Name the candidates that you want with --candidate (option candidates of the library)',
    })
    await assert.rejects(readScores(path, { baseline: 'c0', candidates: names(1001).slice(1) }), tooMany('wide.csv'))
    const trainings = { baseline: ['c0'], candidate: names(1001).slice(1) }
    await assert.rejects(readScores(path, { trainings }), tooMany('wide.csv'))
    await assert.rejects(readScores(await file('most.csv', wide(1000)), { baseline: 'c0', candidates: 'all' }), {
      code: 'BAD_FILE',
    })
    await assert.rejects(readScores(path, { baseline: 'c0', candidates: ['c1000'] }), { code: 'BAD_FILE' })
    await assert.rejects(readScores(path, { baseline: 'c0', candidates: 'all', ignore: ['c7'] }), { code: 'BAD_FILE' })
  })

  it('are refused by the row of a long file that has the first too many', async () => {
    const long = (n: number) =>
      ['id,detector,score,label', ...names(n).map((name) => `a,${name},1,0`), 'b,,1,1'].join('\n')
    const ask = { detector: 'detector', key: 'id', baseline: 'c0', candidates: 'all' } as const
    const path = await file('long.csv', long(1001))
    await assert.rejects(readScores(path, ask), tooMany('long.csv'))
    // Of those to ignore there may be more.
    await assert.rejects(readScores(path, { ...ask, ignore: ['c7'] }), { code: 'BAD_FILE' })
    await assert.rejects(readScores(path, { ...ask, candidates: ['c1'] }), { code: 'BAD_FILE' })
  })

  it('are refused as rows, as files to join and as arrays', async () => {
    const all = names(1001)
    const arrays = {
      source: 'arrays',
      detectors: all,
      validation: all.map(() => Float64Array.of(1, 2)),
      anomalous: all.map(() => Float64Array.of(3)),
    }
    await assert.rejects(compare(arrays), tooMany('arrays'))
    const trainings = { baseline: 'a', candidate: 'b', nBaseline: 1 }
    await assert.rejects(compareSeeds({ ...arrays, trainings }), tooMany('arrays'))
    const rows = [{ label: 0 }]
    await assert.rejects(
      readScores(rows, { baseline: 'c0', candidates: all.slice(1), source: 'rows' }),
      tooMany('rows'),
    )
    await assert.rejects(joinScores(all, { key: 'id' }), {
      code: 'OUT_OF_RANGE',
      message: /joining takes at most 1000 files, got 1001/,
    })
  })

  it('are fewer at several targets', async () => {
    const all = names(502)
    const arrays = {
      source: 'arrays',
      detectors: all,
      validation: all.map(() => Float64Array.of(1, 2)),
      anomalous: all.map(() => Float64Array.of(3)),
    }
    await assert.rejects(compareTargets(arrays, { fprs: [0.1, 0.2] }), {
      code: 'OUT_OF_RANGE',
      message:
        '501 candidates at 2 targets are 1,002 comparisons. There may be 1,000. Name fewer candidates, or give fewer targets',
    })
  })

  it('are fewer where there are many classes', async () => {
    const nClasses = 150
    const all = names(702)
    const arrays = {
      source: 'arrays',
      detectors: all,
      validation: all.map(() => Float64Array.of(1, 2)),
      anomalous: all.map(() => new Float64Array(nClasses)),
      classes: Array.from({ length: nClasses }, (_, k) => `k${k}`),
    }
    const message = '701 candidates with 150 classes are 105,150 answers. There may be 100,000. Name fewer candidates'
    await assert.rejects(compare(arrays, { fpr: 0.5 }), { code: 'OUT_OF_RANGE', message })
    const few = {
      ...arrays,
      ...{
        detectors: all.slice(0, 340),
        validation: arrays.validation.slice(0, 340),
        anomalous: arrays.anomalous.slice(0, 340),
      },
    }
    await assert.rejects(compareTargets(few, { fprs: [0.4, 0.5] }), {
      message:
        '339 candidates at 2 targets with 150 classes are 101,700 answers. There may be 100,000. Name fewer candidates, or give fewer targets',
    })
  })

  it('are counted when they are known to be names', async () => {
    const arrays = { source: 'arrays', detectors: 10, validation: [], anomalous: [] } as unknown as ScoreData
    await assert.rejects(compareTargets(arrays, { fprs: [0.1, 0.2] }), { code: 'WRONG_TYPE', message: /^detectors / })
  })
})
