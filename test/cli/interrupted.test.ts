import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { study } from '../report/study/studyFixture.js'
import { cliWith } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'interrupted-'))
after(() => rm(folder, { recursive: true }))
const scores = join(folder, 'scores.csv')
const rows = Array.from({ length: 200 }, (_, i) => `${i % 2},${i % 37},${i % 41}\n`)
await writeFile(scores, `label,baseline,candidate\n${rows.join('')}`)

const trainings = ['plan', '--precision', '0.1', '--sample-error', '0.02', '--training-sd', '0.03']

describe('an interrupted command gives no answer:', () => {
  for (const args of [
    ['plan', '--xi', '0.2'],
    ['plan', '--xi', '0.2', '--json', '--report', join(folder, 'plan.html')],
    trainings,
    ['compare', scores],
    ['study', 'statlog', '--no-report'],
    ['models'],
    ['data', 'show', scores, '--no-label'],
  ]) {
    it(args.slice(0, 3).join(' '), async () => {
      const given = { signal: AbortSignal.abort('SIGINT'), runStudy: async () => study }
      const { code, stdout, stderr } = await cliWith(given, ...args, ...(args[0] === 'models' ? [] : ['--quiet']))
      assert.deepEqual([code, stdout, stderr], [130, '', 'Interrupted; nothing was written.\n'])
      assert.deepEqual(await readdir(folder), ['scores.csv'])
    })
  }

  it('one that computes in one go hears of a signal before it prints', async () => {
    // A signal of the process, as Ctrl-C is, which comes while nothing else of the event loop is run.
    const controller = new AbortController()
    process.once('SIGUSR2', () => controller.abort('SIGTERM'))
    const child = spawn('sh', ['-c', `sleep 0.2; kill -USR2 ${process.pid}`])
    const busy = async () => {
      const end = performance.now() + 1500
      while (performance.now() < end);
      return study
    }
    await once(child, 'spawn')
    const said = await cliWith(
      { signal: controller.signal, runStudy: busy },
      'study',
      'statlog',
      '--no-report',
      '--quiet',
    )
    assert.deepEqual([said.code, said.stdout], [143, ''])
  })
})
