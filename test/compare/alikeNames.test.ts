import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { readScores } from '../../src/compare/readScores.js'
import { converge } from '../../src/converge/converge.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { train } from '../../src/detectors/train.js'
import { alikeWarnings } from '../../src/scores/alikeNames.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { testFolder } from '../data/tables/files.js'

const { file, remove } = await testFolder()
after(remove)

const warning =
  "only case or space around them tells these classes apart: 'fine', ' fine', 'Fine'. Each counts as a class of its own. If they are one, write them alike"

describe('classes that only case or space tells apart', () => {
  it('are named, but for single letters and those that count as one', () => {
    assert.deepEqual(alikeWarnings(['fine', ' fine', 'bad', 'Fine', 'fine']), [warning])
    assert.deepEqual(alikeWarnings(['fine', 'find', 'bad', 'a', 'A']), [])
    assert.match(alikeWarnings(['a', 'a '])[0] ?? '', /'a', 'a '\. Each/)
    assert.deepEqual(alikeWarnings(['fine', ' fine', 'bad'], ['fine', ' fine']), [])
    assert.equal(alikeWarnings(['fine', 'Fine'], ['fine']).length, 1)
    const many = ['aa', 'bb', 'cc', 'dd', 'ee'].flatMap((name) => [name, name.toUpperCase()])
    assert.match(alikeWarnings(many)[0] ?? '', /: 'aa', 'AA'; 'bb', 'BB'; 'cc', 'CC'; and 2 more sets\. Each/)
  })

  it('are warned of in files of scores, be they labels or classes', async () => {
    const kinds = ['fine', ' fine', 'Fine', 'bad']
    const scores = (head: string, cell: (i: number) => string) =>
      `${head},baseline,candidate\n${Array.from({ length: 40 }, (_, i) => `${cell(i)},${i},${(i * 7) % 40}\n`).join('')}`
    const labels = await file(
      'labels.csv',
      scores('label', (i) => kinds[i % 4] ?? ''),
    )
    assert.deepEqual((await readScores(labels, { normal: 'fine' })).notes, [warning])
    const classes = await file(
      'classes.csv',
      scores('label,class', (i) => `${Number(i > 9)},${kinds[i % 4]}`),
    )
    assert.equal((await readScores(classes)).notes?.length, 1)
    const truths = await file(
      'truths.csv',
      scores('label', (i) => ['0', '1', 'False', 'true', 'TRUE'][i % 5] ?? ''),
    )
    assert.deepEqual((await readScores(truths)).notes, [])
  })

  it('are warned of where a table is trained on', async () => {
    const kinds = ['fine', 'fine', ' fine', 'Fine', 'bad']
    const rows = Array.from({ length: 200 }, (_, i) => `${kinds[i % 5]},${Math.sin(i * i)},${Math.cos(i * i)}\n`)
    const dataset = await readLabelledTable(await file('kinds.csv', `label,u,v\n${rows.join('')}`))
    const quick = { settings: { epochs: 1, pretrainEpochs: 1 }, device: 'cpu', normal: 'fine' } as const
    const pair = { dataset, ...quick, baseline: 'ae', candidate: 'sae' } as const
    const trained = await train({ data: dataset, detector: 'ae', ...quick })
    assert.ok(trained.warnings.includes(warning))
    const matrix = await anomalyMatrix({ ...pair, runs: 1, resamples: 100 })
    assert.deepEqual(
      matrix.warnings.filter((one) => one === warning),
      [warning],
    )
    const merged = { normal: ['fine', ' fine', 'Fine'], anomaly: 'bad' } as const
    const drawn = { ...pair, alphas: [0.1], sizes: [10], runs: 10 }
    assert.ok((await converge({ ...drawn, anomaly: 'bad' })).warnings.includes(warning))
    assert.ok(!(await converge({ ...drawn, ...merged })).warnings.includes(warning))
  })
})
