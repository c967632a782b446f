import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { loadTable } from '../../src/data/datasets.js'
import type { LabelledTable } from '../../src/data/tables/labelledTable.js'
import { loadDetector } from '../../src/detectors/loadDetector.js'
import { cliStopped, cliWith } from './commandLine.js'

const root = await mkdtemp(join(tmpdir(), 'train-score-'))
after(() => rm(root, { recursive: true }))
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})

const cli = (args: readonly string[]) => cliWith({}, ...args)

const quick = ['--epochs', '3', '--pretrain-epochs', '1', '--device', 'cpu']

/** StatLog's raw samples as a CSV file: an identifier first, features in reverse order, the class in the middle. */
function csvOf({ features, featureNames, labels, classes }: LabelledTable): string {
  const order = featureNames.map((_, j) => featureNames.length - 1 - j)
  const lines = [...labels].map((label, row) => {
    const values = order.map((j) => features[row * featureNames.length + j])
    return `s${row},${values.slice(0, 20).join()},${classes[label]},${values.slice(20).join()}`
  })
  const names = order.map((j) => featureNames[j])
  return `id,${names.slice(0, 20).join()},ground,${names.slice(20).join()}\n${lines.join('\n')}\n`
}

/** Rows of simple CSV text, by column. */
function parse(text: string): Record<string, string>[] {
  const [header = '', ...lines] = text.trimEnd().split('\n')
  return lines.map((line) => Object.fromEntries(header.split(',').map((name, i) => [name, line.split(',')[i] ?? ''])))
}

describe('train statlog, score the same samples from a file', () => {
  let data: string
  before(async () => {
    data = join(root, 'statlog.csv')
    await writeFile(data, csvOf(await loadTable('statlog')))
  })

  it('the scores flag what the training says, whatever the order of columns, the batches and the way out', async () => {
    const model = join(folder, 'abc.onnx')
    const trained = await cli([
      'train',
      'statlog',
      '--detector',
      'abc',
      '-o',
      model,
      ...quick,
      '--split',
      'published',
      '--json',
    ])
    assert.equal(trained.code, 0, trained.stderr)
    const { metadata, recall, path, losses } = JSON.parse(trained.stdout)
    assert.deepEqual([path, losses.length, metadata.settings.epochs], [model, 3, 3])

    const output = join(folder, 'scores.csv')
    const scored = await cli(['score', model, data, '-o', output, '--keep', 'ground,id', '--json', '--batch', '999'])
    assert.equal(scored.code, 0, scored.stderr)
    const rows = parse(await readFile(output, 'utf8'))
    assert.deepEqual(Object.keys(rows[0] ?? {}), ['row', 'score', 'flagged', 'ground', 'id'])
    assert.deepEqual([rows.length, rows.at(-1)?.row, rows.at(-1)?.id], [6435, '6435', 's6434'])
    const flagged = (name: string) => rows.filter((row) => row.ground === name && row.flagged === '1').length
    assert.equal(flagged('very damp grey soil'), 75)
    assert.equal(metadata.validation.observedFpr, 75 / 1508)
    assert.equal(flagged('red soil'), Math.round(recall[0].tpr * 1533))
    for (const { score, flagged: flag } of rows) assert.equal(Number(score) > metadata.threshold, flag === '1')
    const summary = JSON.parse(scored.stdout)
    assert.deepEqual([summary.n, summary.flagged], [6435, rows.filter((row) => row.flagged === '1').length])

    const piped = await cli(['score', model, data, '--keep', 'ground,id'])
    assert.equal(piped.stdout, await readFile(output, 'utf8'))
    assert.match(piped.stderr, /^scoring: [\d,]+, \d+ s\n/)
    assert.match(piped.stderr, /of 6,435 samples of .*statlog\.csv flagged \(\d+.* 5 % of normal samples\)\. Took/)
    assert.deepEqual((await readdir(folder)).sort(), ['abc.onnx', 'scores.csv'])
  })

  it('warns of scores that overflow on the side of normal samples: a linear head does not flag them', async () => {
    const train = join(folder, 'line.csv')
    const lines = Array.from(
      { length: 80 },
      (_, i) => `${i < 60 ? 0 : 1},${Math.sin(i) + (i < 60 ? 0 : 6)},${Math.cos(2 * i)}`,
    )
    await writeFile(train, `label,u,v\n${lines.join('\n')}\n`)
    const far = join(folder, 'far.csv')
    await writeFile(far, 'u,v\n0,0\n-3e38,0\n-3e38,0\n')
    const scored = async (detector: string) => {
      const model = join(folder, `${detector}.onnx`)
      const layers = ['--hidden', '1', '--code', '1', '--epochs', '100', '--learning-rate', '0.05']
      const trained = await cli([
        'train',
        train,
        '--detector',
        detector,
        '-o',
        model,
        ...layers,
        '--device',
        'cpu',
        '--quiet',
      ])
      assert.equal(trained.code, 0, trained.stderr)
      const { stdout, stderr } = await cli(['score', model, far, '--quiet'])
      const { warnings } = JSON.parse((await cli(['score', model, far, '--quiet', '--json'])).stderr)
      return { scores: parse(stdout).map(({ score, flagged }) => `${score} ${flagged}`), stderr, warnings }
    }
    const head = await scored('classifier')
    assert.deepEqual(head.scores.slice(1), ['-Infinity 0', '-Infinity 0'])
    const warning =
      "the score of 2 of 3 samples is −Infinity, first in row 2. There the detector's linear score overflows float32 on the side of normal samples, and nothing is " +
      'flagged, however far out it is. Look for numbers far out among the features, such as 3.4e38 for a missing one'
    assert.deepEqual([head.stderr, head.warnings], [`Warning: ${warning}.\n`, [warning]])
    const distance = await scored('hsc')
    assert.deepEqual(distance.scores.slice(1), ['Infinity 1', 'Infinity 1'])
    assert.deepEqual([distance.stderr, distance.warnings], ['', []])
  })

  it('a file of one’s own: held-out threshold, labelled anomalies of two classes, every setting a flag', async () => {
    const model = join(folder, 'sad.onnx')
    const settings = {
      epochs: 2,
      pretrainEpochs: 1,
      batchSize: 64,
      learningRate: 0.002,
      milestones: [1],
      learningRateDecay: 0.5,
      weightDecay: 1e-6,
      pretrainWeightDecay: 1e-3,
      beta1: 0.8,
      beta2: 0.99,
      adamEpsilon: 1e-7,
      batchNormMomentum: 0.2,
      centreGuard: 0.05,
      eta: 3,
      lossEpsilon: 1e-5,
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => [
      `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      String(value),
    ])
    const { code, stdout, stderr } = await cli([
      ...['train', data, '--detector', 'deep-sad', '-o', model, '--label', 'ground', '--ignore', 'id', '--quiet'],
      ...['--normal', 'very damp grey soil', '--anomaly', 'damp grey soil,red soil', '--hidden', '24', '--code', '4'],
      ...[
        '--fpr',
        '0.1',
        '--threshold-rule',
        'certified',
        '--delta',
        '0.1',
        '--seed',
        '5',
        '--device',
        'cpu',
        ...flags,
      ],
    ])
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(
      stdout,
      /^Deep SAD \(mlp 36-24-4, identity decoder\) on .*statlog\.csv: normal very damp grey soil \(1,206 /,
    )
    assert.match(
      stdout,
      /labelled anomalies damp grey soil and red soil \(120\)\nThe network is mlp 36-24-4, because the samples are rows of 36 features\.\nFeatures standardised over the normal samples trained on\.\n2 epochs; mean loss/,
    )
    assert.match(stdout, /above it are \d+ of 302 normal samples \(held out from training\)/)
    assert.match(stdout, /│ red soil +│ +1,4\d\d │ +[01]\.\d\d │/)
    assert.match(stdout, /Detector written to .*sad\.onnx \([\d,]+ bytes\)\./)
    const detector = await loadDetector(model, { device: 'cpu' })
    await detector.close()
    const { metadata } = detector
    assert.deepEqual(metadata.settings, settings)
    assert.deepEqual(metadata.classes.anomalous, ['damp grey soil', 'red soil'])
    assert.deepEqual(
      [metadata.thresholdRule, metadata.delta, metadata.fpr, metadata.seed, metadata.data.name],
      ['certified', 0.1, 0.1, 5, 'statlog.csv'],
    )
    assert.equal(metadata.features[0], 'x36')
  })

  it('takes a feature that is constant over the normal samples, and finds the anomalies that it marks', async () => {
    const made = join(folder, 'made.csv')
    const lines = Array.from({ length: 120 }, (_, i) => (i < 100 ? `${(i * 7) % 11},0,normal` : `${i % 11},40,marked`))
    await writeFile(made, `a,b,label\n${lines.join('\n')}\n`)
    const model = join(folder, 'ae.onnx')
    const trained = await cli(['train', made, '--detector', 'ae', '-o', model, '--quiet', '--epochs', '20'])
    assert.equal(trained.code, 0, trained.stderr)
    assert.match(trained.stdout, /Features standardised over the normal samples trained on\./)
    assert.match(
      trained.stdout,
      /Warning: feature 'b' is constant over all 80 normal samples trained on\. It was centred/,
    )
    const scored = await cli(['score', model, made, '--quiet', '--keep', 'label'])
    const marked = parse(scored.stdout).filter(({ label }) => label === 'marked')
    assert.deepEqual([marked.length, marked.every(({ flagged }) => flagged === '1')], [20, true])
  })

  it('scores NPY by place, and refuses files that lack features with both lists', async () => {
    const model = join(folder, 'ae.onnx')
    const wide = join(folder, 'made.csv')
    const lines = Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 11}`)
    await writeFile(wide, `width,height\n${lines.join('\n')}\n`)
    assert.equal((await cli(['train', wide, '--detector', 'ae', '-o', model, ...quick])).code, 0)
    const npy = join(folder, 'c.npy')
    const files = JSON.parse(await readFile(new URL('../oracle/numpy_files.json', import.meta.url), 'utf8'))
    await writeFile(npy, Buffer.from(files['c.npy'], 'base64'))
    const placed = await cli(['score', model, npy, '--quiet'])
    assert.deepEqual([placed.code, placed.stderr, parse(placed.stdout).length], [0, '', 3])

    const other = join(folder, 'other.csv')
    await writeFile(other, 'width,depth\n1,2\n')
    const output = join(folder, 'out.csv')
    const refused = await cli(['score', model, other, '-o', output])
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /lacks 1 of the detector's 2 features: 'height'\. Its columns are 'width', 'depth'/)
    await writeFile(npy, Buffer.from(files['fortran.npy'], 'base64'))
    const placeless = await cli(['score', model, npy])
    assert.match(placeless.stderr, /c\.npy has 12 features a sample\. The detector takes 2/)
    await writeFile(other, `width,height\n${lines.slice(0, 9).join('\n')}\n3,tall\n`)
    const bad = await cli(['score', model, other, '-o', output])
    assert.equal(bad.code, 2)
    assert.match(bad.stderr, /error: .*other\.csv line 11: column 'height' is 'tall', not a number/)
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('out.csv')),
      [],
    )
  })
})

describe('train and score refuse, with exit code 2 and one message', () => {
  const cases: [string, string[], RegExp][] = [
    ['no detector', ['train', 'statlog'], /required option '--detector <name>' not specified/],
    [
      'an unknown data set',
      ['train', 'satlog', '--detector', 'abc'],
      /unknown data set 'satlog' \(did you mean 'statlog'\?\)/,
    ],
    ['an unknown detector', ['train', 'statlog', '--detector', 'abd'], /unknown detector 'abd'/],
    ['a missing file', ['train', 'none.csv', '--detector', 'ae'], /cannot read none\.csv: there is no such file/],
    ['no label for abc', ['train', 'MADE', '--detector', 'abc'], /'abc' learns from labelled anomalies/],
    [
      'an unknown label',
      ['train', 'MADE', '--detector', 'ae', '--label', 'y'],
      /no column 'y'.*\. Its columns are 'a', 'b'/,
    ],
    ['lists of no numbers', ['train', 'statlog', '--detector', 'ae', '--milestones', '1,x'], /Not a number/],
    ['settings out of range', ['train', 'statlog', '--detector', 'ae', '--eta', '0'], /eta must lie strictly between/],
    [
      'interpolated thresholds',
      ['train', 'statlog', '--detector', 'ae', '--threshold-rule', 'linear'],
      /Allowed choices/,
    ],
    [
      'an unwritable path',
      ['train', 'statlog', '--detector', 'ae', '-o', 'no/such/d.onnx'],
      /its folder does not exist/,
    ],
    ['scoring without a detector', ['score', 'none.onnx', 'MADE'], /cannot read none\.onnx/],
    [
      'keeping a column called as one of the scores',
      ['score', 'none.onnx', 'MADE', '--keep', 'a,score'],
      /^error: --keep has 'score', and score writes a column of that name itself \(row, score, flagged\)\. Leave it out, or rename it in the file$/m,
    ],
    [
      'keeping a column twice',
      ['score', 'none.onnx', 'MADE', '--keep', 'a,b,a'],
      /^error: --keep has 'a' twice\. Name it once$/m,
    ],
    ['scoring with another model', ['score', 'MADE', 'MADE'], /is not an ONNX model|is not a detector saved/],
  ]
  for (const [what, args, message] of cases) {
    it(what, async () => {
      const made = join(folder, 'made.csv')
      await writeFile(made, `a,b\n${Array.from({ length: 20 }, (_, i) => `${i},7\n`).join('')}`)
      const output = args[0] === 'train' && !args.includes('-o') ? ['-o', join(folder, 'd.onnx')] : []
      const { code, stdout, stderr } = await cli([...args.map((arg) => (arg === 'MADE' ? made : arg)), ...output])
      assert.deepEqual([code, stdout], [2, ''], stderr)
      assert.match(stderr, message)
      assert.deepEqual(await readdir(folder), ['made.csv'])
    })
  }

  it('an interrupted training writes nothing', async () => {
    const args = ['train', 'statlog', '--detector', 'ae', '--epochs', '5000', '-o', join(folder, 'd.onnx')]
    const { code, stderr } = await cliStopped(...args)
    assert.equal(code, 130)
    assert.match(stderr, /Interrupted; nothing was written/)
    assert.deepEqual(await readdir(folder), [])
  })
})
