import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { commands } from '../../src/cli/commands.js'
import { addsUp } from '../../src/cli/flags.js'
import type { RunStudyOptions } from '../../src/study/runStudy.js'
import { study } from '../report/study/studyFixture.js'
import { cli, cliWith } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'repeated-flags-'))
after(() => rm(folder, { recursive: true }))
const scores = join(folder, 'scores.csv')
const row = (i: number) => {
  const isNormal = i < 200
  const kind = isNormal ? '' : i % 2 === 0 ? 'crack' : 'dent'
  return `${isNormal ? 0 : 1},${kind},${(i * 7) % 101},${(i * 11) % 103},${(i * 13) % 107},${i}\n`
}
await writeFile(scores, `label,class,a,b,c,id\n${Array.from({ length: 300 }, (_, i) => row(i)).join('')}`)

const pair = ['--baseline', 'a', '--candidate', 'b']

/** What a command line is answered, without how long it took. */
async function said(...args: string[]) {
  const { code, stdout, stderr } = await cli(...args, '--json')
  return { code, stderr: stderr.replace(/^reading: .*\n/gm, ''), stdout: stdout.replace(/"elapsedSeconds": .*/g, '') }
}

describe('a list given in parts is the list of all of them', () => {
  const compared = ['compare', scores, ...pair]
  const planned = ['plan', '--xi', '0.2']
  const cases: readonly (readonly [parts: string[], whole: string[]])[] = [
    [
      [...compared, '--negate', 'a', '--negate', 'b'],
      [...compared, '--negate', 'a,b'],
    ],
    [
      [...compared, '--margin', 'crack=0.1', '--margin', 'dent=0.2'],
      [...compared, '--margin', 'crack=0.1,dent=0.2'],
    ],
    [
      [...compared, '--mix', 'crack=70%', '--mix', 'dent=30%'],
      [...compared, '--mix', 'crack=0.7,dent=0.3'],
    ],
    [
      [...compared, '--fpr', '0.05', '--fpr', '0.1'],
      [...compared, '--fpr', '0.05,0.1'],
    ],
    [
      [...compared, '--curve-fprs', '0.05', '--curve-fprs', '10%,1/5'],
      [...compared, '--curve-fprs', '0.05,0.1,0.2'],
    ],
    [
      [...compared, '--candidate', 'c'],
      ['compare', scores, '--baseline', 'a', '--candidate', 'b,c'],
    ],
    [
      ['compare', scores, '--baseline', 'a', '--baseline', 'b', '--candidate', 'c'],
      ['compare', scores, '--baseline', 'a,b', '--candidate', 'c'],
    ],
    [
      ['compare', scores, '--baseline', 'a', '--candidate', 'all', '--ignore', 'id', '--ignore', 'c'],
      ['compare', scores, '--baseline', 'a', '--candidate', 'all', '--ignore', 'id,c'],
    ],
    [
      [...planned, '--slope', '1', '--slope', '2'],
      [...planned, '--slope', '1,2'],
    ],
    [
      [...planned, '--icc', '0.1', '--group-size', '20', '--group-size', '10'],
      [...planned, '--icc', '0.1', '--group-size', '20,10'],
    ],
    [
      ['data', 'show', scores, '--label', 'class', '--normal', '', '--ignore', 'id', '--ignore', 'label'],
      ['data', 'show', scores, '--label', 'class', '--normal', '', '--ignore', 'id,label'],
    ],
    [
      ['data', 'show', scores, '--no-label', '--one-hot', 'class', '--one-hot', 'id'],
      ['data', 'show', scores, '--no-label', '--one-hot', 'class,id'],
    ],
    [
      ['models', '--network', 'mlp', '--sample', '3', '--sample', '4'],
      ['models', '--network', 'mlp', '--sample', '3,4'],
    ],
  ]
  for (const [parts, whole] of cases) {
    const flags = whole.filter((arg) => arg.startsWith('--')).join(' ')
    it(`${whole[0]} ${flags}`, async () => {
      assert.deepEqual(await said(...parts), await said(...whole))
    })
  }

  it('judges every class that a margin was given for', async () => {
    const margins = ['--margin', 'crack=0.1', '--margin', 'dent=0.2']
    const { stdout } = await cli('compare', scores, ...pair, ...margins, '--json')
    assert.match(JSON.stringify(JSON.parse(stdout)), /"margin":0\.1[,}].*"margin":0\.2[,}]/)
  })

  it('a list that has a default takes its place, and adds up', async () => {
    const refused = async (...args: string[]) => (await cli('sweep', 'statlog', ...args)).stderr
    // The first that is refused shows what was read: 0.6 is the second, not one after the defaults.
    assert.match(
      await refused('--contamination', '0', '--contamination', '60%'),
      /^error: value 2 of --contamination .* got 0\.6\n/,
    )
    assert.match(await refused('--labelled', '5', '--labelled', '0'), /^error: value 2 of --labelled .* got 0\n/)
    const converged = await cli('converge', '--alpha', '0.1', '--alpha', '2')
    assert.match(converged.stderr, /^error: value \d of --alpha must lie strictly between 0 and 1, got 2\n/)
  })

  it('mixtures, hidden layers and milestones of a study', async () => {
    const asked: RunStudyOptions[] = []
    const runStudy = async (options: RunStudyOptions) => {
      asked.push(options)
      return study
    }
    const flags = ['--anomaly', 'grey soil=90%', '--anomaly', 'red soil=0.1', '--network', 'mlp', '--no-report']
    const lists = ['--hidden', '32', '--hidden', '16,8', '--milestones', '5', '--milestones', '9']
    const { code, stderr } = await cliWith({ runStudy }, 'study', 'statlog', ...flags, ...lists)
    assert.equal(code, 0, stderr)
    const [options] = asked
    assert.deepEqual(options?.anomaly, [
      { class: 'grey soil', weight: 0.9 },
      { class: 'red soil', weight: 0.1 },
    ])
    assert.deepEqual(
      [options?.mlp?.hidden, options?.settings?.milestones],
      [
        [32, 16, 8],
        [5, 9],
      ],
    )
  })

  it('what one list would not hold is refused in parts too', async () => {
    for (const [args, message] of [
      [['--margin', 'crack=0.1', '--margin', 'crack=0.2'], /Class 'crack' is named twice\./],
      [['--margin', '0.1', '--margin', 'crack=0.2'], /Give one number for all classes, or one for each class\./],
      [['--mix', 'crack=0.7', '--mix', 'crack=0.3'], /Class 'crack' is named twice\./],
      [['--fpr', '0.1', '--fpr', '0.05'], /--fpr has 0\.05 after 0\.1\. Give each target once, the smallest first\n$/],
    ] as const) {
      const { code, stderr } = await cli('compare', scores, ...pair, ...args)
      assert.equal(code, 2)
      assert.match(stderr, message)
    }
    const mixed = await cli('study', 'statlog', '--anomaly', 'grey soil=0.9', '--anomaly', 'red soil')
    assert.match(mixed.stderr, /'red soil' has no weight, and others have\./)
  })
})

describe('a flag that takes one value', () => {
  it('refuses another one, and takes the same again', async () => {
    for (const [args, message] of [
      [
        ['compare', scores, ...pair, '--level', '0.9', '--level', '0.8'],
        /'--level <level>' is given '0\.9' and '0\.8'/,
      ],
      [['compare', scores, ...pair, '--drop-missing', '--drop-missing', '1%'], /is given no value and '1%'/],
      [['compare', scores, ...pair, '--class', 'class', '--class', 'id'], /is given 'class' and 'id'/],
      [['study', 'statlog', '--seed', '1', '--seed', '2'], /is given '1' and '2'/],
      [['train', 'statlog', '--detector', 'ae', '-o', 'a', '--output', 'b'], /is given 'a' and 'b'/],
      [['data', 'list', '--data-dir', 'a', '--data-dir', 'b'], /is given 'a' and 'b'/],
    ] as const) {
      const { code, stdout, stderr } = await cli(...args)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, message)
      assert.match(stderr, /takes one value\. Leave all but one of them out/)
    }
    const same = await cli('compare', scores, ...pair, '--level', '0.9', '--level', '0.9')
    assert.equal(same.code, 0, same.stderr)
  })

  it('is every one that does not speak of commas', async () => {
    const silent = { write: () => {} }
    const context = { args: [], signal: new AbortController().signal, end: () => {}, stdout: silent, stderr: silent }
    // Their texts show the comma, or say that there may be several.
    const others = ['--anomaly', '--baseline', '--margin', '--mix', '--sample']
    for (const { load } of commands) {
      const command = (await load())({ ...context, runStudy: async () => study })
      for (const option of [command, ...command.commands].flatMap(({ options }) => options)) {
        if (addsUp(option))
          assert.ok(/comma/.test(option.description) || others.includes(String(option.long)), option.flags)
        else assert.doesNotMatch(option.description, /comma/, option.flags)
      }
    }
  })
})

describe('decimal commas', () => {
  const statlog = ['study', 'statlog', '--no-report']
  for (const [args, message] of [
    [
      ['compare', scores, ...pair, '--fpr', '0,05'],
      /error: value \d of --fpr must lie .*, got 0\. Decimals have a point, as in 0\.05\n/,
    ],
    [['compare', scores, ...pair, '--curve-fprs', '0,05'], /error: value \d of --curve-fprs must .* as in 0\.05\n/],
    [
      ['compare', scores, ...pair, '--level', '0,95'],
      /'0,95' is invalid\. Not a number\. Decimals have a point, as in 0\.95\./,
    ],
    [['compare', scores, ...pair, '--prevalence', ',1%'], /as in 0\.1\./],
    [['compare', scores, ...pair, '--delta', '0,05'], /as in 0\.05\./],
    [['compare', scores, ...pair, '--margin', '0,05'], /as in 0\.05\.\n/],
    [['compare', scores, ...pair, '--margin', 'crack=0,05'], /as in 0\.05\.\n/],
    [['compare', scores, ...pair, '--mix', 'crack=0,7,dent=0,3'], /as in 0\.7\.\n/],
    [['compare', scores, ...pair, '--mix', 'crack=0,7,dent=0.3'], /unknown class of mix '7,dent'.* as in 0\.7\n/],
    [['compare', scores, ...pair, '--fpr-range', '0,001..0,01'], /as in 0\.001\.\n/],
    [['compare', scores, ...pair, '--drop-missing', '0,5'], /as in 0\.5\.\n/],
    [['compare', scores, ...pair, '--resamples', '10,000'], /Thousands have no comma, as in 10000\./],
    [['summarise', scores, '-o', 's', '--keep', '0,5'], /as in 0\.5\./],
    [['summarise', scores, '-o', 's', ...pair, '--fpr', '0,05'], /^error: value \d of --fpr must .* as in 0\.05\n/],
    [
      ['plan', '--precision', '0.1', '--sample-error', '1%', '--training-sd', '0,05'],
      /^error: --training-sd .* as in 0\.05\n/,
    ],
    [['sweep', 'statlog', '--contamination', '0,05'], /^error: value 2 of --contamination .* as in 0\.05\n/],
    [['converge', '--alpha', '0,05'], /^error: value \d of --alpha must .* as in 0\.05\n/],
    [
      [...statlog, '--anomaly', 'grey soil=0,9,red soil=0,1'],
      /'9' has no weight\. Decimals have a point, as in 0\.9\./,
    ],
    [[...statlog, '--validation-share', '0,1'], /as in 0\.1\./],
  ] as const) {
    it(args.slice(-2).join(' '), async () => {
      const { code, stdout, stderr } = await cli(...args)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, message)
    })
  }

  it('are not what whole numbers and other messages are told', async () => {
    for (const args of [
      ['converge', '--n', '0,5'],
      ['sweep', 'statlog', '--labelled', '0,5'],
      ['compare', scores, ...pair, '--fpr', '0.05,2'],
    ])
      assert.doesNotMatch((await cli(...args)).stderr, /Decimals/)
  })
})

it('options of functions have the names of flags in messages', async () => {
  for (const [args, message] of [
    [['plan', '--xi', '0.2', '--slope=-1'], /^error: --slope must/],
    [['plan', '--xi', '0.2', '--anomaly-correlation', '5'], /^error: --anomaly-correlation must/],
    [['plan', '--xi', '0.2', '--normals', '0'], /^error: --normals must/],
    [['plan', '--xi', '0.2', '--anomalies', '0'], /^error: --anomalies must/],
    [['plan', '--xi', '0.2', '--level', '0.5', '--power', '0.4'], /^error: --power at level 0\.5 must/],
    [['plan', '--margin', '0.1', '--tpr-baseline', '0.9', '--xi', '0.3'], /^error: --tpr-baseline \+ --xi must/],
    [['converge', '--n', '1'], /^error: --n must/],
    [['converge', '--train-normals', '0'], /^error: --train-normals must/],
  ] as const) {
    const { code, stderr } = await cli(...args)
    assert.equal(code, 2)
    assert.match(stderr, message)
  }
})

it('all shares are read alike', async () => {
  const gaps = join(folder, 'gaps.csv')
  await writeFile(
    gaps,
    `label,a,b\n${Array.from({ length: 100 }, (_, i) => `${i % 2},${i < 30 ? '' : i},${i}\n`).join('')}`,
  )
  const dropping = async (share: string) =>
    (await cli('compare', gaps, ...pair, '--quiet', '--drop-missing', share)).code
  assert.deepEqual([await dropping('0.3'), await dropping('30%'), await dropping('3/10')], [0, 0, 0])
  assert.deepEqual([await dropping('0.29'), await dropping('29%'), await dropping('2.9/10')], [2, 2, 2])
  assert.match((await cli('compare', scores, ...pair, '--drop-missing', '150%')).stderr, /from 0 to 1, as 0\.05 or 5%/)
  assert.match((await cli('compare', '--drop-missing', scores)).stderr, /Put the files before it\./)
  const shown = async (share: string) => (await cli('data', 'show', 'statlog', '--share', share, '--json')).stdout
  assert.equal(await shown('50%'), await shown('0.5'))
})
