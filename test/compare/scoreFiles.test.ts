import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { zipSync } from 'fflate'
import { compare } from '../../src/compare/compare.js'
import { joinScores } from '../../src/compare/joinScores.js'
import type { ReadScoresOptions } from '../../src/compare/readingOptions.js'
import { readScores } from '../../src/compare/readScores.js'
import type { ScoreData } from '../../src/compare/types.js'
import { worseThanChance } from '../../src/compare/worseThanChance.js'
import { normal } from '../../src/random/normal.js'
import { npy } from '../npy.js'
import { cases, csv, long, plain, type Row, samples, writeCases } from '../scoreCases.js'

const folder = await mkdtemp(join(tmpdir(), 'score-files-'))
after(() => rm(folder, { recursive: true }))
before(() => writeCases(folder))

const path = (name: string) => join(folder, name)
const named = { baseline: 'iforest', candidates: ['deepsad'] }
const read = (name: string, options: ReadScoresOptions = {}) => readScores(path(name), { ...named, ...options })

async function file(name: string, rows: readonly Row[]): Promise<string> {
  await writeFile(path(name), csv(rows))
  return path(name)
}

/** What a file must give, said by the samples themselves. */
function wanted(use: (i: number) => 'validation' | 'test' | 'anomalous' | 'none', negate: readonly string[] = []) {
  const pick = (set: string) =>
    (['iforest', 'deepsad'] as const).map((detector) =>
      Float64Array.from(
        samples.filter((_, i) => use(i) === set),
        (sample) => (negate.includes(detector) ? -1 : 1) * sample[detector],
      ),
    )
  return { validation: pick('validation'), anomalous: pick('anomalous') }
}
const usual = (i: number) => (samples[i]?.kind === 'normal' ? 'validation' : 'anomalous')
const kindsOf = (use: (i: number) => boolean) =>
  samples.filter(({ kind }, i) => kind !== 'normal' && use(i)).map(({ kind }) => kind)
const scores = ({ validation, anomalous }: ScoreData) => ({ validation, anomalous })

describe('negate', () => {
  it('turns the scores of the detectors it names, and nothing else', async () => {
    const both = await read('lower.csv', { negate: ['iforest', 'deepsad'] })
    assert.deepEqual(scores(both), wanted(usual))
    assert.deepEqual(scores(await read('onelower.csv', { negate: ['deepsad'] })), wanted(usual))
    assert.deepEqual(scores(await read('lower.csv')), wanted(usual, ['iforest', 'deepsad']))
    assert.deepEqual(scores(await read('plain.csv', { negate: ['iforest'] })), wanted(usual, ['iforest']))
  })

  it('makes no −0 of 0, in files, rows and files joined', async () => {
    const rows = [
      { id: 'a', label: 0, baseline: 0, candidate: 1, score: 0 },
      { id: 'b', label: 1, baseline: 2, candidate: 0, score: 2 },
    ]
    const options = { negate: ['baseline'] }
    const first = await file('zero.csv', rows)
    for (const data of [
      await readScores(first, options),
      await readScores(rows, options),
      await joinScores([first, await file('zero2.csv', rows)], { key: 'id', names: ['baseline', 'b'], ...options }),
    ]) {
      assert.ok(Object.is(data.validation[0]?.[0], 0))
      assert.equal(data.anomalous[0]?.[0], -2)
    }
  })

  it('refuses what is no detector, and suggests the nearest', async () => {
    await assert.rejects(read('plain.csv', { negate: ['deepsat'] }), {
      code: 'UNKNOWN_NAME',
      message: "unknown detector to negate 'deepsat' (did you mean 'deepsad'?); known: iforest, deepsad",
    })
  })
})

describe('detectors worse than chance', () => {
  const warned = async (name: string, options: ReadScoresOptions = {}) => {
    const { warnings } = await compare(await read(name, { class: 'kind', ...options }), { resamples: 200 })
    return warnings.filter((text) => /worse than chance|below normal/.test(text))
  }

  it('are named with the option that turns them', async () => {
    assert.match(
      (await warned('lower.csv')).join('|'),
      /^'iforest', 'deepsad' rank anomalies below normal samples \(AUC 0\.\d+, 0\.\d+; chance is 0\.5\)\. The scores were used as they are\. If lower scores are more anomalous there, negate their scores: --negate iforest,deepsad$/,
    )
    assert.match((await warned('onelower.csv')).join('|'), /^'deepsad' ranks [^|]*negate its scores: --negate deepsad$/)
    assert.deepEqual(await warned('plain.csv'), [])
    assert.deepEqual(await warned('lower.csv', { negate: ['iforest', 'deepsad'] }), [])
  })

  it('have the AUC of all pairs, ties counted half', async () => {
    const [fine, bad] = [
      [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9],
      [1, 0, 2, 1, 3, 0, 1, 2, 1, 0, 1, 3, 1, 2],
    ].map((values) => Float64Array.from({ length: 10 * values.length }, (_, i) => values[i % values.length] ?? 0))
    assert.ok(fine && bad)
    let pairs = 0
    for (const x of bad) for (const y of fine) pairs += x > y ? 1 : x === y ? 0.5 : 0
    assert.deepEqual(await worseThanChance([{ name: 'a', normal: fine, anomalous: bad }]), [
      { name: 'a', auc: pairs / (fine.length * bad.length) },
    ])
  })

  it('are not those of which chance alone tells: at most 1 of 100, at any size', async () => {
    for (const n of [3, 30, 300]) {
      let claimed = 0
      for (let stream = 0; stream < 300; stream++) {
        const [a, b] = [normal(n, { seed: n, stream: 2 * stream }), normal(n, { seed: n, stream: 2 * stream + 1 })]
        claimed += (await worseThanChance([{ name: 'a', normal: a, anomalous: b }])).length
      }
      // The bound is 3 of 300; more than 9 have probability 0.001 where it is met exactly.
      assert.ok(claimed <= 9, `${claimed} of 300 at n = ${n}`)
    }
  })
})

describe('labels that are not 0 and 1', () => {
  for (const [name, way, normalLabel] of [
    [
      'sklearn.csv',
      "labels of the file are '-1', '1'. In scikit-learn 1 is normal and -1 is not: then say --normal 1",
      '1',
    ],
    ['inlier.csv', "labels of the file are 'inlier', 'outlier'. If 'inlier' is normal, say --normal inlier", 'inlier'],
    ['normal.csv', "labels of the file are 'anomaly', 'normal'. If 'normal' is normal, say --normal normal", 'normal'],
    ['intclass.csv', "labels of the file are '0', '1', '2', '3'. If '0' is normal, say --normal 0", '0'],
  ] as const) {
    it(`${name}: refused with all labels and the option, and read with it`, async () => {
      await assert.rejects(read(name), (error: Error & { code: string }) => {
        assert.equal(error.code, 'BAD_FILE')
        assert.match(error.message, /line \d+: the label is '[^']+'\. It must be 0 \(normal\) or 1 \(anomalous\)/)
        assert.ok(error.message.endsWith(way), error.message)
        return true
      })
      const data = await read(name, { normal: normalLabel })
      assert.deepEqual(scores(data), wanted(usual))
      assert.equal(new Set(data.classes).size, name === 'intclass.csv' ? 3 : 1)
    })
  }

  it('True and False are 1 and 0', async () => {
    assert.deepEqual(scores(await read('bool.csv')), wanted(usual))
    const turned = await read('bool.csv', { normal: 'True' })
    assert.deepEqual([turned.validation, turned.anomalous], [wanted(usual).anomalous, wanted(usual).validation])
  })

  it('of names that say nothing are listed, the first twenty', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ label: `k${i}`, iforest: i, deepsad: i }))
    await assert.rejects(readScores(await file('names.csv', rows), named), {
      message:
        /The labels of the file are 'k0', .*, … \(21 in all\)\. Say which one is normal with --normal$|The labels of the file are .*Say which one is normal with --normal$/,
    })
  })
})

describe('long files', () => {
  const options = { ...named, detector: 'detector', key: 'sample', class: 'kind' }
  const change = (at: number, own: Row) => long.map((row, i) => (i === at ? { ...row, ...own } : row))

  it('give what the wide file gives, in any order of rows', async () => {
    const wide = await read('plain.csv', { class: 'kind' })
    const data = await readScores(path('long.csv'), options)
    assert.deepEqual({ ...data, source: '' }, { ...wide, source: '' })
    const order = long.map((_, i) => (i * 641) % long.length)
    assert.equal(new Set(order).size, long.length)
    const mixed = await readScores(
      await file(
        'mixed.csv',
        order.map((i) => long[i] ?? {}),
      ),
      options,
    )
    const sorted = (values: ArrayLike<number> | undefined) => Float64Array.from(values ?? []).sort()
    assert.deepEqual(sorted(mixed.validation[1]), sorted(wide.validation[1]))
    const pairs = (one: ScoreData) =>
      Array.from(one.anomalous[0] ?? [], (x, i) => `${x} ${one.anomalous[1]?.[i]} ${one.classes?.[i]}`).sort()
    assert.deepEqual(pairs(mixed), pairs(wide))
  })

  it('with other detectors, all of them, splits, missing scores and negated ones', async () => {
    const third = plain.map((row, i) => ({
      sample: `s${i}`,
      kind: row.kind ?? '',
      label: row.label ?? '',
      detector: 'c',
      score: i,
    }))
    const extra = [{ sample: 'only c', kind: 'dent', label: 1, detector: 'c', score: 1 }]
    const three = await file('three.csv', [...long, ...third, ...extra])
    assert.deepEqual(scores(await readScores(three, options)), wanted(usual))
    await assert.rejects(readScores(three, { ...options, candidates: 'all' }), {
      message: /line 2942: key 'only c' has no score of 'iforest'/,
    })
    const all = await readScores(await file('three.csv', [...long, ...third]), { ...options, candidates: 'all' })
    assert.deepEqual(all.detectors, ['iforest', 'deepsad', 'c'])
    const few = { ...options, candidates: 'all', ignore: ['c'], negate: ['deepsad'] } as const
    assert.deepEqual(
      scores(await readScores(three.replace('three', 'three'), few).catch((error) => error)),
      wanted(usual, ['deepsad']),
    )
    const gap = await file('gap.csv', change(3, { score: 'NA' }))
    await assert.rejects(readScores(gap, options), { message: /line 5: column 'score' is 'NA'.*--drop-missing/ })
    const dropped = await readScores(gap, { ...options, dropMissing: true })
    assert.match(dropped.notes?.join() ?? '', /^1 of 980 samples \(0\.1 %\) lacks a score\. By detector: 'iforest' 1\./)
    const split = long.map((row) => ({ ...row, split: Number(String(row.sample).slice(1)) % 2 === 0 ? 'VAL' : 'test' }))
    const parted = await readScores(await file('longsplit.csv', split), options)
    const part = (i: number) =>
      usual(i) === 'validation' ? (i % 2 === 0 ? 'validation' : 'test') : i % 2 === 0 ? 'none' : 'anomalous'
    assert.deepEqual(scores(parted), wanted(part))
  })

  const first = long[7]?.sample
  for (const [what, rows, own, code, message] of [
    [
      'a sample that a detector lacks',
      long.filter((_, i) => i !== 987),
      {},
      'BAD_FILE',
      /lack1?\S* line 9: key 's7' has no score of 'deepsad'\. Every sample needs/,
    ],
    [
      'two scores',
      [...long, long[7] ?? {}],
      {},
      'BAD_FILE',
      /line 1962: key 's7' has a second score of 'iforest', after .* line 9\. .*If these are several trainings/,
    ],
    [
      'two labels',
      change(987, { label: 1 - Number(long[987]?.label) }),
      {},
      'BAD_FILE',
      /line 989: key 's7' has '[01]' in column 'label', and '[01]' at .* line 9\./,
    ],
    [
      'two classes',
      change(987, { kind: 'other' }),
      {},
      'BAD_FILE',
      /line 989: key 's7' has 'other' in column 'kind', and '\w+' at .* line 9\./,
    ],
    ['an empty key', change(7, { sample: '' }), {}, 'BAD_FILE', /line 9: column 'sample' is empty/],
    ['an empty detector', change(7, { detector: '' }), {}, 'BAD_FILE', /line 9: column 'detector' is empty/],
    ['no key', long, { key: undefined }, 'OUT_OF_RANGE', /Name it with key \(--key\)\. Columns of .*'sample', 'kind'/],
    [
      'no such detector',
      long,
      { baseline: undefined },
      'UNKNOWN_NAME',
      /no detector 'baseline' in column 'detector'\. Its detectors are 'iforest', 'deepsad'\. .*--baseline and --candidate/,
    ],
    ['no such column', long, { detector: 'detektor' }, 'UNKNOWN_NAME', /no column 'detektor'.*mean 'detector'/],
    [
      'one detector',
      long,
      { candidates: 'all', ignore: ['deepsad'] },
      'EMPTY_SAMPLE',
      /no detector left for a candidate beside 'iforest'/,
    ],
    [
      'a label that says nothing',
      change(7, { label: 'x' }).map((row) => (row.sample === first ? { ...row, label: 'x' } : row)),
      {},
      'BAD_FILE',
      /line 9: the label is 'x'.*The labels of the file are '0', '1', 'x'/,
    ],
  ] as [string, readonly Row[], ReadScoresOptions, string, RegExp][]) {
    it(`refuse ${what}`, async () => {
      await assert.rejects(readScores(await file('lack.csv', rows), { ...options, ...own }), { code, message })
    })
  }

  it('need the column of detectors', async () => {
    await assert.rejects(readScores(path('long.csv'), { ...named, key: 'sample' }), {
      code: 'OUT_OF_RANGE',
      message: /Name their column of detectors with detector \(--detector\)/,
    })
    await assert.rejects(joinScores([path('long.csv')], { key: 'sample' }), { message: /got 1\. .*--detector/ })
    await assert.rejects(readScores([], { detector: 'a', key: 'b' }), { code: 'OUT_OF_RANGE' })
  })
})

describe('missing scores', () => {
  const isMissing = (i: number) => i % 97 === 5

  it('are refused with the way out', async () => {
    await assert.rejects(read('missing.csv'), {
      message:
        /line 7: column 'deepsad' is 'NaN', not a number\. Fill it in, or leave out all such samples with dropMissing \(--drop-missing\)$/,
    })
  })

  it('are left out where that is asked for, and counted by detector and class', async () => {
    const data = await read('missing.csv', { dropMissing: true, class: 'kind' })
    assert.deepEqual(
      scores(data),
      wanted((i) => (isMissing(i) ? 'none' : usual(i))),
    )
    assert.deepEqual(
      data.classes,
      kindsOf((i) => !isMissing(i)),
    )
    const missing = samples.filter((_, i) => isMissing(i))
    const [note = ''] = data.notes ?? []
    assert.ok(
      note.startsWith(
        `${missing.length} of 980 samples (1.1 %) lack a score. By detector: 'deepsad' ${missing.length}. By class: `,
      ),
    )
    for (const kind of new Set(missing.map((sample) => sample.kind))) {
      assert.ok(note.includes(`'${kind}' ${missing.filter((sample) => sample.kind === kind).length}`), note)
    }
    assert.match(note, /They are left out\. Where scores are missing for a reason/)
  })

  it('are refused beyond 5 %, or the share that is given', async () => {
    await assert.rejects(read('gaps.csv', { dropMissing: true }), {
      code: 'BAD_FILE',
      message:
        /98 of 980 samples \(10 %\) lack a score\. By detector: 'iforest' 98\. .*That is more than 5 %\. Find out why\. .*--drop-missing 0\.1$/,
    })
    assert.equal((await read('gaps.csv', { dropMissing: 0.1 })).notes?.length, 2)
    await assert.rejects(read('gaps.csv', { dropMissing: 0.09 }), /more than 9 %/)
    await assert.rejects(read('missing.csv', { dropMissing: 1.5 }), { code: 'OUT_OF_RANGE' })
    await assert.rejects(read('missing.csv', { dropMissing: 'yes' as never }), { code: 'WRONG_TYPE' })
  })

  it('in every format, in rows and in files joined', async () => {
    const own = plain.map(({ label = '', iforest = '', ...row }, i) => ({
      label,
      iforest,
      id: i,
      deepsad: isMissing(i) ? null : Number(row.deepsad),
    }))
    const expected = wanted((i) => (isMissing(i) ? 'none' : usual(i)))
    await writeFile(path('missing.jsonl'), own.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const numbers = (name: string) =>
      Float64Array.from(own, (row) => Number((row as Record<string, unknown>)[name] ?? Number.NaN))
    const array = (name: string) => npy(numbers(name), '<f8', [own.length])
    await writeFile(
      path('missing.npz'),
      zipSync({ 'label.npy': array('label'), 'iforest.npy': array('iforest'), 'deepsad.npy': array('deepsad') }),
    )
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const select = `SELECT label, iforest::DOUBLE AS iforest, TRY_CAST(deepsad AS DOUBLE) AS deepsad FROM read_csv('${path('missing.csv')}', all_varchar = true)`
    await connection.run(`COPY (${select}) TO '${path('missing.parquet')}' (FORMAT parquet)`)
    for (const name of ['missing.jsonl', 'missing.npz', 'missing.parquet']) {
      assert.deepEqual(scores(await read(name, { dropMissing: true })), expected, name)
      await assert.rejects(read(name), /--drop-missing/)
    }
    assert.deepEqual(scores(await readScores(own as never, { ...named, dropMissing: true })), expected)
    const [a, b] = (['iforest', 'deepsad'] as const).map((score) =>
      file(
        `join-${score}.csv`,
        own.map((row) => ({ id: row.id, label: row.label ?? '', score: row[score] ?? '' })),
      ),
    )
    const joined = await joinScores([(await a) ?? '', (await b) ?? ''], { key: 'id', dropMissing: true })
    assert.deepEqual(scores(joined), expected)
  })

  it('are no words, dates or lists', async () => {
    const rows = plain.map((row, i) => (i === 5 ? { ...row, deepsad: 'x1' } : row))
    await assert.rejects(
      readScores(await file('word.csv', rows), { ...named, dropMissing: true }),
      /line 7: column 'deepsad' is 'x1', not a number/,
    )
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run(
      `COPY (SELECT 0 AS label, 1 AS iforest, DATE '2020-02-01' AS deepsad) TO '${path('date.parquet')}' (FORMAT parquet)`,
    )
    await assert.rejects(
      read('date.parquet', { dropMissing: 1 }),
      /row 1: column 'deepsad' is '2020-02-01', not a number/,
    )
  })

  it('of all samples of a kind leave nothing to compare', async () => {
    const rows = plain.map((row) => (row.label === 1 ? { ...row, iforest: '' } : row))
    await assert.rejects(readScores(await file('allgone.csv', rows), { ...named, dropMissing: 1 }), {
      code: 'EMPTY_SAMPLE',
      message: /no anomalous sample has a score of every detector/,
    })
  })
})

describe('splits', () => {
  it('by any of their names, in any case; what was trained on is left out', async () => {
    const data = await read('val.csv')
    const use = (i: number) => {
      const part = ['train', 'val', 'test', 'val'][i % 4]
      if (usual(i) === 'validation') return part === 'train' ? 'none' : part === 'val' ? 'validation' : 'test'
      return part === 'test' ? 'anomalous' : 'none'
    }
    assert.deepEqual(scores(data), wanted(use))
    assert.match(
      data.notes?.join('|') ?? '',
      /^245 samples are of the split 'train' and left out\|\d+ of \d+ anomalous samples are of the split 'validation'/,
    )
    for (const value of ['val', 'VALID', ' Validation ', 'Dev', 'training', 'TEST']) {
      const rows = plain.map((row, i) => ({ ...row, split: i % 3 === 0 ? value : i % 3 === 1 ? 'validation' : 'test' }))
      assert.ok((await readScores(await file('case.csv', rows), named)).test, value)
    }
  })

  it('none, where nobody wants one', async () => {
    for (const name of ['val.csv', 'traintest.csv', 'folds.csv']) {
      assert.deepEqual(scores(await read(name, { split: false })), wanted(usual), name)
    }
    await assert.rejects(read('folds.csv'), /line 2: the split is 'fold0'\. It must be 'validation' .*--no-split/)
    await assert.rejects(
      read('traintest.csv'),
      /no normal sample is of the split 'validation'\. .*A detector has seen those of the split 'train'\..*--no-split/,
    )
    const trained = plain.map((row) => ({ ...row, split: 'Train' }))
    await assert.rejects(
      readScores(await file('trained.csv', trained), named),
      /980 samples are of the split 'train', and none of another/,
    )
    await assert.rejects(read('val.csv', { split: true as never }), { code: 'WRONG_TYPE' })
  })
})

describe('columns', () => {
  it('of a few names beside 0 and 1 are suggested as the class', async () => {
    const note =
      /^column 'kind' has 3 names on the anomalous samples: ('(crack|dent|scratch)'(, )?){3}\. To compare on each of them, name it as the class: --class kind$/
    assert.match((await read('plain.csv')).notes?.join('|') ?? '', note)
    assert.deepEqual((await read('plain.csv', { class: 'kind' })).notes, [])
    const sorted = [...plain].sort((a, b) => Number(a.label) - Number(b.label))
    const late = sorted.map((row) => (row.label === 0 ? { ...row, kind: '' } : row))
    assert.match((await readScores(await file('late.csv', late), named)).notes?.join('|') ?? '', note)
  })

  it('of identifiers, long texts, numbers, damaged or half-empty text are not', async () => {
    const rows = plain.map((row, i) => ({
      ...row,
      kind: `s${i}`,
      prompt: 'word '.repeat(i % 2 === 0 ? 500 : 700),
      code: i % 3,
      half: i % 2 === 0 ? 'a' : '',
      split: i % 2 === 0 ? 'val' : 'test',
    }))
    assert.deepEqual((await readScores(await file('ids.csv', rows), { ...named, split: false })).notes, [])
    const bytes = Buffer.concat([Buffer.from(csv(rows).slice(0, -1)), Buffer.from([0x0a])])
    const latin = Buffer.from(bytes.toString('utf8').replaceAll('s1,', 's\u00e9,'), 'latin1')
    await writeFile(path('latin.csv'), latin)
    assert.deepEqual((await read('latin.csv', { split: false })).notes, [])
  })

  it('that are missing are named with their options and what the file has', async () => {
    await assert.rejects(readScores(path('plain.csv')), {
      code: 'UNKNOWN_NAME',
      message:
        /plain\.csv has no columns 'baseline', 'candidate'\. Its columns are 'label', 'kind', 'iforest', 'deepsad'\. Say which to use with --baseline and --candidate \(options baseline and candidates of the library\)$/,
    })
    await assert.rejects(readScores(path('ytrue.csv')), {
      message:
        /no columns 'label', 'baseline', 'candidate' \(did you mean 'y_true'\?\).*--label, --baseline and --candidate/,
    })
    await assert.rejects(read('ytrue.csv', { baseline: 'score_a', candidates: ['score_b'] }), {
      message:
        /no column 'label' \(did you mean 'y_true'\?\).*Say which to use with --label \(option label of the library\)$/,
    })
  })

  it('have one role: a class by its name only where it is nothing else', async () => {
    const rows = plain.map(({ label = '', iforest = '', deepsad = '' }) => ({ class: label, split: iforest, deepsad }))
    const data = await readScores(await file('roles.csv', rows), {
      label: 'class',
      baseline: 'split',
      candidates: ['deepsad'],
    })
    assert.deepEqual([scores(data), data.classes], [wanted(usual), undefined])
  })
})

it('the cases are of one table', () => {
  for (const [name, rows] of Object.entries(cases)) assert.equal(rows.length, name === 'long.csv' ? 1960 : 980, name)
})
