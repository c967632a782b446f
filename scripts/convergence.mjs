// Writes what docs/convergence.md says that `scoring-bias converge` prints, and docs/convergence.svg: npm run convergence. It takes a minute.
// With --check it writes nothing, and fails where the page says anything else than is printed. The numbers are of a training, whose last digits
// are its machine's: so this is no test.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './run.mjs'

const pageFile = join(root, 'docs', 'convergence.md')
const pictureFile = join(root, 'docs', 'convergence.svg')
const shown = /(?<=\n```\n)Deep SAD against.*?(?=```\n)/s

/** The letters of a line of the page. */
const width = 120

/** A line at the spaces in it; a table as it is. */
function wrapped(line) {
  if (/^[┌│├└]/.test(line)) return line
  const lines = ['']
  for (const word of line.split(' ')) {
    const last = lines.at(-1)
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join('\n')
}

/** The command's report and what it prints, the report at the place where the page has it. */
function converged() {
  const folder = mkdtempSync(join(tmpdir(), 'convergence-'))
  try {
    const report = join(folder, 'convergence.svg')
    const args = [join(root, 'dist', 'cli', 'main.js'), 'converge', '--report', report]
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    const text = printed.replace(report, 'docs/convergence.svg').split('\n').map(wrapped).join('\n')
    return { text, picture: readFileSync(report, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const withoutTimes = (text) => text.replace(/^Took .*$/m, '')

const { text, picture } = converged()
const page = readFileSync(pageFile, 'utf8')
if (process.argv.includes('--check')) {
  assert.equal(withoutTimes(shown.exec(page)?.[0] ?? ''), withoutTimes(text))
  assert.equal(readFileSync(pictureFile, 'utf8'), picture)
} else {
  writeFileSync(
    pageFile,
    page.replace(shown, () => text),
  )
  writeFileSync(pictureFile, picture)
}
