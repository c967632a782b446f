import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadDataset } from '../../src/data/datasets.js'
import { makeSplit } from '../../src/data/splits/splits.js'
import { runStudy } from '../../src/study/runStudy.js'
import { writeScores } from '../../src/study/writeScores.js'
import { query } from './query.js'

const folder = mkdtempSync(join(tmpdir(), 'write-scores-'))
after(() => rmSync(folder, { recursive: true }))

test('a study writes the score of every sample by every detector in every run', async () => {
  const path = join(folder, "it's scores.parquet")
  const { classes, validation, scores, normal, anomaly } = await runStudy({
    dataset: 'statlog',
    runs: 2,
    settings: { epochs: 2, pretrainEpochs: 1 },
    resamples: 200,
    device: 'cpu',
    keepScores: path,
  })
  assert.deepEqual(readdirSync(folder), ["it's scores.parquet"])
  const from = `FROM '${path.replaceAll("'", "''")}'`
  assert.deepEqual(
    await query(`SELECT column_name, column_type FROM (DESCRIBE SELECT * ${from})`),
    Object.entries({
      run: 'UINTEGER',
      detector: 'VARCHAR',
      row: 'UINTEGER',
      class: 'VARCHAR',
      role: 'VARCHAR',
      converged: 'BOOLEAN',
      score: 'FLOAT',
    }),
  )
  const { labels, classes: names } = await loadDataset('statlog')
  const counted = await query(
    `SELECT run, detector, count(*)::INTEGER, count(DISTINCT "row")::INTEGER, bool_and(converged) ${from} GROUP BY ALL ORDER BY ALL`,
  )
  const each = (run: number, name: string) => [run, name, labels.length, labels.length, true]
  assert.deepEqual(counted, [each(0, 'deep-sad'), each(0, 'deep-svdd'), each(1, 'deep-sad'), each(1, 'deep-svdd')])

  // Recall, counted again from the file alone: the threshold is the largest that at most 75 normal scores exceed.
  const recall = await query(`
    WITH s AS (SELECT * ${from}),
    tau AS (SELECT run, detector, (list(score ORDER BY score DESC))[76] AS tau FROM s WHERE role LIKE '%validation' GROUP BY ALL)
    SELECT class, detector, count(*) // 2, avg((score > tau)::INTEGER) FROM s JOIN tau USING (run, detector)
    WHERE role = 'test' GROUP BY ALL`)
  assert.equal(recall.length, 10)
  for (const [name, detector, n, tpr] of recall) {
    const one = classes.find((one) => one.name === name)
    const expected = detector === 'deep-sad' ? one?.tprCandidate.mean : one?.tprBaseline.mean
    assert.equal(Number(n), one?.n)
    assert.ok(Math.abs(Number(tpr) - Number(expected)) < 1e-12, `${name} ${detector} ${tpr} ${expected}`)
  }
  const first = await query(
    `SELECT score ${from} WHERE run = 0 AND detector = 'deep-sad' AND role LIKE '%validation' ORDER BY "row"`,
  )
  assert.deepEqual(Float32Array.from(first.flat(), Number), scores.candidate.normal)

  const split = makeSplit({ labels, classes: names }, { normal, anomaly, run: 1, seed: 0 })
  const roles =
    await query(`SELECT class, role, list("row" ORDER BY "row") ${from} WHERE run = 1 AND detector = 'deep-sad'
    AND role LIKE 'train%' GROUP BY ALL ORDER BY class`)
  assert.deepEqual(roles, [
    [anomaly, 'train', [...split.trainAnomaly].map((row) => row + 1)],
    [normal, 'train, validation', [...split.trainNormal].map((row) => row + 1)],
  ])
  assert.equal(validation.n, 1508)
})

test('runs that diverged are marked, and samples without a use too', async () => {
  const path = join(folder, 'diverged.parquet')
  const split = {
    trainNormal: Uint32Array.of(0),
    trainAnomaly: new Uint32Array(0),
    validation: Uint32Array.of(1),
    tests: [{ class: 'b', rows: Uint32Array.of(2) }],
    seen: Uint8Array.of(1, 0, 0, 0),
  }
  const training = { run: 0, losses: new Float64Array(0), pretrainLosses: new Float64Array(0) }
  await writeScores(path, {
    dataset: { classes: ['a', 'b'], labels: Uint8Array.of(0, 0, 1, 1) },
    splits: [split],
    detectors: [
      { name: 'ae', scores: [Float32Array.of(1, 2, 3, 4)], training: [training] },
      {
        name: 'sae',
        scores: [Float32Array.of(Number.NaN, 0, 0, 0)],
        training: [{ ...training, divergence: { kind: 'not-finite', quantity: 'score' } }],
      },
    ],
  })
  assert.deepEqual(await query(`SELECT * FROM '${path}' WHERE detector = 'ae' OR "row" = 1`), [
    [0, 'ae', 1, 'a', 'train', true, 1],
    [0, 'ae', 2, 'a', 'validation', true, 2],
    [0, 'ae', 3, 'b', 'test', true, 3],
    [0, 'ae', 4, 'b', 'unused', true, 4],
    [0, 'sae', 1, 'a', 'train', false, 'NaN'],
  ])
})

test('a file that cannot be written is refused before training, and what was there stays', async () => {
  const path = join(folder, 'no such folder', 'scores.parquet')
  const phases: string[] = []
  const study = runStudy({ dataset: 'statlog', keepScores: path, onProgress: ({ phase }) => phases.push(phase) })
  await assert.rejects(study, { code: 'BAD_FILE', message: /its folder does not exist/ })
  assert.deepEqual(phases, [])

  const there = join(folder, 'there.parquet')
  writeFileSync(there, 'before')
  const broken = { dataset: { classes: [], labels: Uint8Array.of(0) }, splits: [], detectors: [] }
  const bad = { ...broken, splits: [{}], detectors: [{ name: 'ae', scores: [], training: [] }] } as never
  await assert.rejects(writeScores(there, bad))
  assert.equal(readFileSync(there, 'utf8'), 'before')
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('tmp')),
    [],
  )
})
