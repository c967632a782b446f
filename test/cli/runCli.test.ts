import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { ScoringBiasError } from '../../src/errors.js'
import { studyJson } from '../../src/report/study/studyJson.js'
import { studyText } from '../../src/report/study/studyText.js'
import type { StudyResult } from '../../src/study/core/types.js'
import type { RunStudyOptions } from '../../src/study/runStudy.js'
import { version } from '../../src/version.js'
import { writeFileAtomic } from '../../src/writeFile.js'
import { study } from '../report/study/studyFixture.js'
import { cliWith, type Said } from './commandLine.js'

const root = await mkdtemp(join(tmpdir(), 'run-cli-'))
after(() => rm(root, { recursive: true }))
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})

/** Runs a command line with a study that answers at once, or with whatever `answer` does. */
async function cli(
  args: string[],
  answer: (run: RunStudyOptions) => Promise<StudyResult> = async () => study,
  signal: AbortSignal = new AbortController().signal,
): Promise<Said & { asked: RunStudyOptions[] }> {
  const asked: RunStudyOptions[] = []
  const runStudy = (run: RunStudyOptions) => {
    asked.push(run)
    run.onProgress?.({ phase: 'training', done: 1, total: 4 })
    return answer(run)
  }
  return { ...(await cliWith({ signal, runStudy }, ...args)), asked }
}

test('a study prints its text to stdout, progress to stderr, and writes the report', async () => {
  const path = join(folder, 'out.html')
  const { code, stdout, stderr } = await cli(['study', 'statlog', '--report', path])
  assert.equal(code, 0)
  assert.equal(stdout, `${studyText(study)}\nReport written to ${path}.\nTook 41.3 s.\n`)
  assert.equal(stderr, 'training: 1 of 4 (25 %), 0 s\n')
  const page = await readFile(path, 'utf8')
  assert.ok(page.startsWith('<!doctype html>'))
  assert.ok(page.includes(`scoring-bias study statlog --report ${path}`))
})

test('without options the study is the published scenario', async () => {
  const { asked } = await cli(['study', 'statlog', '--no-report'])
  const { signal, onProgress, ...options } = asked[0] ?? assert.fail('no study was run')
  assert.ok(signal instanceof AbortSignal && typeof onProgress === 'function')
  // Without what is left open: functions, and options that are undefined.
  assert.deepEqual(JSON.parse(JSON.stringify(options)), {
    dataset: 'statlog',
    baseline: 'deep-svdd',
    candidate: 'deep-sad',
    runs: 5,
    fpr: 0.05,
    level: 0.95,
    mlp: {},
    settings: {},
    device: 'auto',
    seed: 0,
  })
})

test('every option reaches the study', async () => {
  const given: Record<string, string | number> = {
    normal: 'red soil',
    anomaly: 'grey soil',
    baseline: 'ae',
    candidate: 'sae',
    runs: 3,
    fpr: 0.1,
    level: 0.9,
    resamples: 500,
    epochs: 7,
    'pretrain-epochs': 0,
    decoder: 'identity',
    device: 'cpu',
    workers: 2,
    seed: 9,
  }
  const flags = Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)])
  const { asked } = await cli(['study', 'statlog', '--no-report', ...flags])
  const { dataset, settings, ...options } = asked[0] ?? assert.fail('no study was run')
  const others = JSON.parse(JSON.stringify({ ...options, mlp: undefined, signal: undefined }))
  const { epochs, pretrainEpochs, ...unasked } = settings ?? {}
  assert.deepEqual({ ...others, epochs, 'pretrain-epochs': pretrainEpochs }, given)
  assert.deepEqual([dataset, unasked], ['statlog', {}])
})

test('several normal classes reach the study, from a list or one by one', async () => {
  const soils = ['grey soil', 'damp grey soil']
  for (const flags of [
    ['--normal', 'grey soil, damp grey soil'],
    ['--normal', 'grey soil', '--normal', 'damp grey soil'],
  ]) {
    const { asked } = await cli(['study', 'statlog', '--no-report', ...flags])
    assert.deepEqual(asked[0]?.normal, soils)
  }
})

test('a class of a file may have commas in its name', async () => {
  const path = join(folder, 'parts.csv')
  await writeFile(path, 'a,kind\n1,"fine, new"\n2,fine\n3,new\n4,crack\n')
  const normalOf = async (...values: string[]) => {
    const flags = values.flatMap((value) => ['--normal', value])
    return (await cli(['study', path, '--label', 'kind', '--no-report', ...flags])).asked[0]?.normal
  }
  assert.equal(await normalOf('fine, new'), 'fine, new')
  assert.deepEqual(await normalOf('fine,new'), ['fine', 'new'])
  assert.deepEqual(await normalOf('fine, new', 'crack'), ['fine, new', 'crack'])
})

test('a mixture of anomalies, a store and a file of scores reach the study', async () => {
  const paths = { store: join(folder, 'study.duckdb'), keepScores: join(folder, 'scores.parquet') }
  const { asked } = await cli([
    'study',
    'statlog',
    '--no-report',
    '--anomaly',
    'grey soil=0.9, red soil=.1',
    '--store',
    paths.store,
    '--keep-scores',
    paths.keepScores,
  ])
  const [{ anomaly, store, keepScores }] = [asked[0] ?? assert.fail('no study was run')]
  assert.deepEqual(anomaly, [
    { class: 'grey soil', weight: 0.9 },
    { class: 'red soil', weight: 0.1 },
  ])
  assert.deepEqual({ store, keepScores }, paths)
  assert.deepEqual(await readdir(folder), [])
})

test('a mixture without a weight or with one that is no number is refused', async () => {
  for (const [mixture, message] of [
    ['a=0.5,b', /'b' has no weight/],
    ['a=half', /The weight of 'a' is 'half', not a number/],
  ] as const) {
    const { code, stderr, asked } = await cli(['study', 'statlog', '--no-report', '--anomaly', mixture])
    assert.deepEqual([code, asked], [2, []])
    assert.match(stderr, message)
  }
})

for (const [name, ...args] of [
  ['matrix', 'statlog', '--runs', '1', '--epochs', '1', '--pretrain-epochs', '1', '--resamples', '100'],
  ['converge', 'statlog', '--runs', '5', '--epochs', '1', '--pretrain-epochs', '1', '--n', '50,100'],
  ['reproduce', 'table4', '--runs', '1', '--epochs', '1', '--pretrain-epochs', '1'],
  ['train', 'statlog', '--detector', 'ae', '--epochs', '1'],
] as const) {
  test(`${name} takes --progress json, too`, async () => {
    const output = name === 'train' ? ['-o', join(folder, 'detector.onnx')] : []
    const { code, stderr } = await cli([name, ...args, ...output, '--progress', 'json'])
    assert.equal(code, 0)
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.ok(lines.length >= 2)
    for (const line of lines)
      assert.deepEqual(Object.keys(line), ['phase', 'done', 'total', 'elapsedSeconds', 'secondsLeft'])
    assert.equal((await cli([name, ...args, ...output, '--progress', 'none'])).code, 2)
  })
}

test('--progress json prints lines of JSON on stderr', async () => {
  const { stderr } = await cli(['study', 'statlog', '--no-report', '--progress', 'json'])
  const { elapsedSeconds, ...progress } = JSON.parse(stderr)
  assert.deepEqual(progress, { phase: 'training', done: 1, total: 4, secondsLeft: null })
  assert.ok(elapsedSeconds >= 0)
})

test('an interrupted study says what its store keeps', async () => {
  const aborted = async () => {
    throw new ScoringBiasError('ABORTED', 'aborted by the caller')
  }
  const path = join(folder, 'study.duckdb')
  const interrupted = () => cli(['study', 'statlog', '--no-report', '--quiet', '--store', path], aborted)
  // Before there is a store, nothing is in it.
  assert.equal((await interrupted()).stderr, 'Interrupted; nothing was written.\n')
  await writeFile(path, 'a store')
  const { code, stderr } = await interrupted()
  await rm(path)
  assert.equal(code, 130)
  assert.equal(stderr, `Interrupted; what was trained is in ${path}. The same command goes on from there.\n`)
})

test('an interrupted study names the files that it has written already', async () => {
  const [store, scores, page] = ['study.duckdb', 'scores.parquet', 'report.html'].map((name) => join(folder, name))
  assert.ok(store && scores && page)
  await writeFile(store, 'a store')
  const controller = new AbortController()
  const written = async ({ keepScores }: RunStudyOptions) => {
    await writeFileAtomic(String(keepScores), 'scores')
    controller.abort('SIGINT')
    return study
  }
  const args = ['study', 'statlog', '--quiet', '--store', store, '--keep-scores', scores, '--report', page]
  const { code, stderr } = await cli(args, written, controller.signal)
  assert.equal(code, 130)
  const kept = `what was trained is in ${store}. ${scores} is written, and whole. The same command goes on from there.`
  assert.equal(stderr, `Interrupted; ${kept}\n`)
  assert.deepEqual((await readdir(folder)).toSorted(), ['scores.parquet', 'study.duckdb'])
})

test('a study whose scores cannot be written prints its answer first, reports it, and fails', async () => {
  const path = join(folder, 'kept.html')
  const full = async ({ onResult }: RunStudyOptions) => {
    onResult?.(study)
    throw new ScoringBiasError('NO_SPACE', 'cannot write a.parquet: no space left')
  }
  const args = ['study', 'statlog', '--quiet', '--keep-scores', join(folder, 'a.parquet'), '--report', path]
  const { code, stdout, stderr } = await cli(args, full)
  assert.equal(code, 1)
  assert.ok(stdout.startsWith(studyText(study)))
  assert.equal(stderr, 'error: cannot write a.parquet: no space left\n')
  assert.match(await readFile(path, 'utf8'), /^<!doctype html>/)
  await rm(path)
})

test('--json prints exactly one JSON object', async () => {
  const path = join(folder, 'out.html')
  const { code, stdout } = await cli(['study', 'statlog', '--json', '--report', path])
  assert.equal(code, 0)
  assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(studyJson(study))))
  assert.deepEqual(await readdir(folder), ['out.html'])
})

test('--quiet keeps stderr empty, --no-report writes nothing', async () => {
  const { code, stdout, stderr } = await cli(['study', 'statlog', '--quiet', '--no-report'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.doesNotMatch(stdout, /Report/)
})

test('an unwritable report path fails before the study starts', async () => {
  const { code, stderr, asked } = await cli(['study', 'statlog', '--report', join(folder, 'missing', 'out.html')])
  assert.equal(code, 2)
  assert.match(stderr, /^error: cannot write .*out\.html: its folder does not exist\n$/)
  assert.deepEqual(asked, [])
})

test('bad usage exits with 2 and one clear message', async () => {
  const cases: [string[], RegExp][] = [
    [['study'], /missing required argument 'data'/],
    [['study', 'statlog', 'more'], /too many arguments/],
    [['stduy', 'statlog'], /unknown command 'stduy'\n\(Did you mean study\?\)/],
    [['study', 'statlog', '--rnus', '5'], /unknown option '--rnus'\n\(Did you mean --runs\?\)/],
    [['study', 'statlog', '--runs', 'many'], /'--runs <n>' argument 'many' is invalid. Not a number/],
    [['study', 'statlog', '--runs', ''], /argument '' is invalid. Not a number/],
    [['study', 'statlog', '--decoder', 'relu'], /argument 'relu' is invalid. Allowed choices are identity, sigmoid/],
    [['study', 'statlog', '--device', 'tpu'], /Allowed choices are auto, cpu, cuda, webgpu/],
  ]
  for (const [args, message] of cases) {
    const { code, stdout, stderr, asked } = await cli(args)
    assert.deepEqual([code, stdout, asked], [2, '', []], args.join(' '))
    assert.match(stderr, message)
  }
})

test('the study’s own errors set the exit code: 2 for bad input, 1 for failures, without a stack trace', async () => {
  for (const [error, exit] of [
    [new ScoringBiasError('UNKNOWN_CLASS', 'unknown class'), 2],
    [new ScoringBiasError('OUT_OF_RANGE', 'there must be'), 2],
    [new ScoringBiasError('NO_DEVICE', 'no CUDA'), 2],
    [new ScoringBiasError('NO_SPACE', 'no space'), 1],
    [new ScoringBiasError('DIVERGED', 'diverged'), 1],
    [new ScoringBiasError('WORKER_FAILED', 'died'), 1],
  ] as const) {
    const { code, stdout, stderr } = await cli(['study', 'statlog', '--quiet', '--no-report'], () =>
      Promise.reject(error),
    )
    assert.deepEqual([code, stdout, stderr], [exit, '', `error: ${error.message}\n`])
  }
})

test('an unexpected error is a failure that says where it comes from', async () => {
  const { code, stderr } = await cli(['study', 'statlog', '--no-report'], () => Promise.reject(new TypeError('oops')))
  assert.equal(code, 1)
  assert.match(stderr, /internal error: TypeError: oops\n +at /)
})

test('an interrupted study exits as its signal asks and leaves no file', async () => {
  for (const [reason, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const controller = new AbortController()
    const { code, stdout, stderr } = await cli(
      ['study', 'statlog', '--quiet', '--report', join(folder, 'out.html')],
      async () => {
        controller.abort(reason)
        throw new ScoringBiasError('ABORTED', 'aborted by the caller')
      },
      controller.signal,
    )
    assert.deepEqual([code, stdout, stderr], [exit, '', 'Interrupted; nothing was written.\n'])
    assert.deepEqual(await readdir(folder), [])
  }
})

test('an interruption while the page is drawn keeps the printed answer and writes no report', async () => {
  const controller = new AbortController()
  let printed = ''
  const write = (text: string) => {
    printed += text
    controller.abort('SIGINT')
  }
  const path = join(folder, 'out.html')
  const given = { signal: controller.signal, stdout: { write }, runStudy: async () => study }
  const { code } = await cliWith(given, 'study', 'statlog', '--report', path)
  assert.equal(code, 130)
  assert.equal(printed, `${studyText(study)}\n`)
  assert.deepEqual(await readdir(folder), [])
})

test('the command shown in the report can be pasted into a shell', async () => {
  const path = join(folder, "it's.html")
  await cli(['study', 'statlog', '--normal', 'red soil', '--report', path])
  const page = await readFile(path, 'utf8')
  const shown = `scoring-bias study statlog --normal 'red soil' --report '${folder}/it'\\''s.html'`
  assert.ok(page.includes(shown.replaceAll("'", '&#39;')), shown)
})

test('--help and --version go to stdout and succeed', async () => {
  const help = await cli(['study', '--help'])
  assert.deepEqual([help.code, help.stderr], [0, ''])
  for (const flag of ['--normal', '--pretrain-epochs', '--no-report', '--json', 'deep-svdd', 'statlog']) {
    assert.ok(help.stdout.includes(flag), flag)
  }
  const shown = await cli(['--version'])
  assert.deepEqual([shown.code, shown.stdout], [0, `${version}\n`])
})
