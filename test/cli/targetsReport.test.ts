import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { compareTargets } from '../../src/compare/compareTargets.js'
import { readScores } from '../../src/compare/readScores.js'
import { compareReport } from '../../src/report/compare/compareReport.js'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'targets-report-'))
after(() => rm(folder, { recursive: true }))

test('--report of several targets is the page of compareTargets; a curve is for one target', async () => {
  const [scores, report] = [join(folder, 'scores.csv'), join(folder, 'report.html')]
  const rows = Array.from({ length: 300 }, (_, i) => {
    const x = Math.sin(i * i)
    return i < 200 ? `0,,${x},${Math.cos(i * i)}` : `1,kind ${i % 2},${x + 0.8},${Math.cos(i * i) + 1 + (i % 2)}`
  })
  await writeFile(scores, `label,class,old,new\n${rows.join('\n')}\n`)
  const columns = ['--baseline', 'old', '--candidate', 'new']
  const asked = [scores, ...columns, '--fpr', '0.05,0.2', '--resamples', '200', '--quiet']
  assert.equal((await cli('compare', ...asked, '--report', report)).code, 0)
  const data = await readScores(scores, { baseline: 'old', candidates: ['new'] })
  const found = await compareTargets(data, { fprs: [0.05, 0.2], resamples: 200 })
  const apart = (page: string) =>
    page.replace(/<dt>Computed in<\/dt><dd>[^<]*<\/dd>/, '').replace(/<p>To repeat it:.*?<\/pre>/s, '')
  assert.equal(apart(await readFile(report, 'utf8')), apart(await compareReport(found, data)))
  const refused = await cli('compare', ...asked, '--curve')
  assert.deepEqual([refused.code, refused.stdout], [2, ''])
  assert.match(refused.stderr, /--curve is for one target, and --fpr has 2\. Leave --curve out, or give one target/)
})
