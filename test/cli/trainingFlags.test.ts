import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, test } from 'node:test'
import { flagName } from '../../src/cli/flags.js'
import { converge } from '../../src/converge/converge.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { train } from '../../src/detectors/train.js'
import { studyJson } from '../../src/report/study/studyJson.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { runStudy } from '../../src/study/runStudy.js'
import { labelSweep } from '../../src/study/sweep/labelSweep.js'
import { cli } from './commandLine.js'

const folder = mkdtempSync(join(tmpdir(), 'training-flags-'))
after(() => rmSync(folder, { recursive: true }))

const rows = Array.from({ length: 200 }, (_, i) => {
  const kind = ['fine', 'fine', 'fine', 'crack', 'dent'][i % 5]
  return `${Math.sin(i)},${10 * Math.cos(3 * i) + (i % 5 > 2 ? 20 : 0)},${kind}`
})
const parts = join(folder, 'parts.csv')
writeFileSync(parts, `width,height,kind\n${rows.join('\n')}\n`)
const model = join(folder, 'detector.onnx')

const layers = { hidden: [24, 12], code: 4, batchNormEpsilon: 0.001, leakySlope: 0.1 }
const settings = { learningRate: 0.01, batchSize: 64, milestones: [1], beta1: 0.8, eta: 3 }
const asked = { network: 'mlp', mlp: layers, decoder: 'sigmoid', standardise: false } as const
const given = [
  ...Object.entries({ ...layers, ...settings }).flatMap(([name, value]) => [`--${flagName(name)}`, String(value)]),
  ...['--network', 'mlp', '--decoder', 'sigmoid', '--no-standardise'],
]

const quick = ['--epochs', '1', '--pretrain-epochs', '1', '--device', 'cpu', '--seed', '3', '--json', '--quiet']
const pair = ['--baseline', 'ae', '--candidate', 'sae', ...quick]
const runs = ['--runs', '1', '--resamples', '100', ...pair]
const ofParts = [parts, '--label', 'kind', '--normal', 'fine']

const table = await readLabelledTable(parts, { label: 'kind' })
const training = {
  ...asked,
  normal: 'fine',
  settings: { ...settings, epochs: 1, pretrainEpochs: 1 },
  device: 'cpu',
  seed: 3,
} as const
const pairs = { dataset: table, baseline: 'ae', candidate: 'sae', ...training } as const
const study = { ...pairs, runs: 1, resamples: 100 } as const

/** Every command that trains on data of the user's with as little work as there can be, and the library doing the same. */
const commands = {
  train: {
    work: ['--detector', 'sae', '-o', model, ...quick],
    library: async () => {
      const {
        model: bytes,
        losses,
        pretrainLosses,
        ...rest
      } = await train({ data: table, detector: 'sae', ...training })
      const lists = { losses: [...losses], pretrainLosses: [...pretrainLosses] }
      return { path: model, bytes: bytes.length, ...lists, ...rest }
    },
  },
  study: { work: ['--no-report', ...runs], library: async () => studyJson(await runStudy(study)) },
  matrix: { work: runs, library: () => anomalyMatrix(study) },
  sweep: {
    work: ['--anomaly', 'crack', '--labelled', '1,2', '--contamination', '0,10%', ...runs],
    library: () => labelSweep({ ...study, anomaly: 'crack', labelled: [1, 2], contamination: [0, 0.1] }),
  },
  converge: {
    work: ['--runs', '2', '--n', '20', '--alpha', '0.1', ...pair],
    library: () => converge({ ...pairs, runs: 2, sizes: [20], alphas: [0.1] }),
  },
}

/** All but the time that it took, and the schema, which only commands name. */
function untimed(json: string): unknown {
  return JSON.parse(json, (key, value) => (/seconds$|^schema$/i.test(key) ? undefined : value))
}

for (const [name, { work, library }] of Object.entries(commands)) {
  describe(`scoring-bias ${name}`, () => {
    it('trains as the library does with the same options', async () => {
      const { code, stdout, stderr } = await cli(name, ...ofParts, ...given, ...work)
      assert.deepEqual([code, stderr], [0, ''])
      assert.match(stdout, /"network": "mlp 2-24-12-4, batch norm epsilon 0\.001, leaky slope 0\.1"/)
      assert.deepEqual(untimed(stdout), untimed(JSON.stringify(await library())))
    })

    it('has a flag for each setting, and each is the same everywhere', async () => {
      const { stdout } = await cli(name, '--help')
      for (const option of ['network', 'decoder', 'standardise', ...Object.keys({ ...publishedSettings, ...layers })])
        assert.match(stdout, new RegExp(`^  --${flagName(option)} `, 'm'))
    })

    const cases: [what: string, flags: string[], message: RegExp][] = [
      ['an unknown network', ['--network', 'lstn'], /Allowed choices are mlp, lenet, lstm/],
      [
        'a network that does not take such samples',
        ['--network', 'lstm'],
        /^error: network 'lstm' takes sequences \[steps, features\], and of rows those of 16000 features, as \[125, 128\]\. .*parts\.csv has 2 features and no shape\. .* --network mlp\n$/,
      ],
      [
        'layers of a network that has none to choose',
        ['--network', 'lstm', '--code', '4'],
        /of network 'mlp' only\. Take that network, or leave them out\n$/,
      ],
      [
        'layers without units',
        ['--hidden', '24,0'],
        /^error: value 2 of --hidden must be an integer of at least 1, got 0\n$/,
      ],
      ['a setting out of range', ['--learning-rate', '2'], /^error: --learning-rate must lie in \[0, 1\), got 2\n$/],
      [
        'half a sample',
        ['--batch-size', '1.5'],
        /^error: --batch-size must be an integer from 2 to 1000000, got 1\.5\n$/,
      ],
      ['no number', ['--code', 'many'], /'--code <n>' argument 'many' is invalid\. Not a number/],
      ['a flag that is misspelt', ['--learning-rat', '0.1'], /unknown option .*\n\(Did you mean --learning-rate\?\)/],
      ['a folder of data for a file', ['--data-dir', folder], /^error: --data-dir is for data sets with a name, and/],
    ]
    for (const [what, flags, message] of cases) {
      it(`refuses ${what}`, async () => {
        rmSync(model, { force: true })
        const { code, stdout, stderr } = await cli(name, ...ofParts, ...work, ...flags)
        assert.deepEqual([code, stdout], [2, ''], stderr)
        assert.match(stderr, message)
        assert.deepEqual(readdirSync(folder), ['parts.csv'])
      })
    }
  })
}

test('columns are those of a file, not of a data set with a name', async () => {
  for (const [flag, value] of [
    ['--label', 'kind'],
    ['--ignore', 'id'],
  ] as const) {
    const { code, stderr } = await cli('study', 'statlog', flag, value, '--no-report')
    assert.deepEqual(
      [code, stderr],
      [2, `error: ${flag} is for data from a file, and statlog is a data set with a name. Leave ${flag} out\n`],
    )
  }
})

test('several labelled classes of a study need shares; train and converge draw from them as one', async () => {
  const several = ['--anomaly', 'crack, dent']
  const refused = await cli('study', ...ofParts, ...several, '--no-report', ...runs)
  assert.deepEqual([refused.code, refused.stdout], [2, ''])
  assert.match(refused.stderr, /shares, got crack, dent\. Say how much of each to take, as in a=0\.9,b=0\.1\n$/)
  const classesOf = async (name: 'train' | 'converge', anomaly: string) => {
    const { stdout } = await cli(name, ...ofParts, '--anomaly', anomaly, ...commands[name].work)
    const { metadata, anomaly: found } = JSON.parse(stdout)
    return metadata?.classes ?? found
  }
  assert.deepEqual((await classesOf('train', 'crack, dent')).anomalous, ['crack', 'dent'])
  assert.deepEqual((await classesOf('train', 'crack=0.25,dent=0.75')).weights, [0.25, 0.75])
  assert.deepEqual(await classesOf('converge', 'crack, dent'), ['crack', 'dent'])
})

test('what a command cannot use is refused', async () => {
  for (const [args, message] of [
    [['matrix', 'statlog', '--anomaly', 'red soil'], /unknown option '--anomaly'/],
    [['train', 'statlog', '--detector', 'ae', '--workers', '2'], /unknown option '--workers'/],
    [['converge', 'statlog', '--split', 'published'], /unknown option '--split'/],
    [['reproduce', 'table4', '--network', 'mlp'], /unknown option '--network'/],
    [['reproduce', 'table4', '--batch-size', '64'], /unknown option '--batch-size'/],
  ] as const) {
    const { code, stdout, stderr } = await cli(...args)
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, message)
  }
})
