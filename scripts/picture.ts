// The README's picture, docs/report.png: the report of the comparison in docs/labelled-anomalies.md, as Chromium shows it.
//   npm run picture
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Chromium } from '../test/report/chromium.js'
import { root } from './run.mjs'

const guide = await readFile(join(root, 'docs', 'labelled-anomalies.md'), 'utf8')
const commands = [...guide.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text)
const report = commands.findIndex((text) => text.includes('--report report.html'))
const folder = await mkdtemp(join(tmpdir(), 'picture-'))
const browser = await Chromium.launch()
try {
  const program = `scoring-bias() { '${process.execPath}' '${join(root, 'dist', 'cli', 'main.js')}' "$@"; }`
  const script = [program, ...commands.slice(0, report + 1)].join('\n')
  const env = { ...process.env, SCORING_BIAS: root }
  execFileSync('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env, stdio: 'inherit' })
  const page = await browser.open(pathToFileURL(join(folder, 'report.html')).href, { width: 1100, height: 760 })
  await page.prefer('light')
  await writeFile(join(root, 'docs', 'report.png'), await page.screenshot(false))
} finally {
  await browser.close()
  await rm(folder, { recursive: true })
}
