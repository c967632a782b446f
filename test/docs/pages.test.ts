import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { type Block, blocksOf, prepared, read, root, run } from './page.js'

// Runs what the README and the guides tell users to type, page by page and from the top.

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** Commands that are not run here, and why. */
const notRun: Record<string, string> = {
  'npm ci && npm start': '.ci/run runs it',
  'npm test': 'this is it',
  'scoring-bias reproduce table4 --quick': '.ci/run runs it',
  'npm install scoring-bias': '`npm run release-check` installs the package',
  'npm install --omit=optional scoring-bias': '`npm run release-check` installs the package',
  'apt-get install python3-pandas': 'it changes the machine',
  'apt-get install r-base-core r-cran-jsonlite': 'it changes the machine',
  'ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node --foreground-scripts': 'it downloads 200 MB or more',
  'npm run check:device -- --device webgpu --json found.json': 'it takes minutes; .ci/run runs the quick one',
  'scoring-bias converge fashion-mnist --share 0.2 --epochs 10 --pretrain-epochs 5': 'it takes minutes',
  'scoring-bias converge statlog --normal "red soil" --anomaly "cotton crop=0.8,grey soil=0.2"': 'it takes minutes',
  'scoring-bias reproduce table4': 'it takes minutes',
  'scoring-bias reproduce table7 --full': 'it takes an hour',
  'scoring-bias reproduce figure3 --quick -o figures': 'it takes minutes',
  'scoring-bias reproduce table4 table7 -o statlog': 'it takes minutes',
  'scoring-bias reproduce all --quick -o paper': 'it takes an hour',
  'scoring-bias study spectrum --runs 2 --epochs 30': 'it takes minutes',
  'scoring-bias sweep statlog --anomaly "grey soil" --labelled 1,5,20,100 --contamination 0 --resamples 3000':
    'it takes a minute',
  'scoring-bias sweep fashion-mnist --share 0.1 --labelled 5,50 --contamination 0 --runs 3 --epochs 10 --pretrain-epochs 5 --resamples 3000':
    'not every machine has the data, and it takes minutes',
  'scoring-bias study fashion-mnist --share 0.04 --runs 1 --epochs 8 --pretrain-epochs 2 --no-report':
    'not every machine has the data; the tests of Fashion-MNIST train on it where it is',
  '(ulimit -v 4000000; timeout -s KILL 60 scoring-bias score upload.onnx data.csv --device cpu -o scores.csv)':
    'the limit of memory holds on machines with few cores',
}

/** Tests that read pages of their own, and run what is in them. */
const otherTests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && !name.endsWith('pages.test.ts'))
  .map((name) => read(join('test', name)))
  .filter((text) => /\b(spawnSync|execFile|run)\(/.test(text))
// The README's name is that of galleries, too.
const isElsewhere = (page: string) =>
  page !== 'README.md' &&
  otherTests.some((text) => text.includes(`'${page}'`) || text.includes(`'docs', '${basename(page)}'`))

/** Commands of a block: a line each, without comments, those that go on in the next joined. */
const commandsOf = ({ text }: Block) =>
  text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/\s+#.*/, '').trim())
    .filter((line) => line !== '')

/** What a block of commands or code prints; undefined where nothing of it is run. */
function outputOf(block: Block, cwd: string): string | undefined {
  // Without an import it is a part of a program, as an explanation needs it.
  if (block.language === 'js' && !block.text.includes('import ')) return undefined
  if (block.language === 'js') return run(cwd, process.execPath, ['--input-type=module'], block.text)
  if (block.language !== 'sh') return undefined
  const commands = commandsOf(block).filter((command) => !(command in notRun))
  if (commands.length === 0) return undefined
  return commands.map((command) => run(cwd, 'bash', ['-euo', 'pipefail', '-c', command])).join('')
}

for (const page of pages.filter(
  (name) => !isElsewhere(name) && blocksOf(name).some(({ language }) => /^(js|sh)$/.test(language)),
)) {
  it(`${page}: its commands and code run, and print what it shows`, () => {
    const cwd = prepared(page)
    for (const [i, block] of blocksOf(page).entries()) {
      // A file is shown in full before it is used.
      if (block.language === 'csv') writeFileSync(join(cwd, 'scores.csv'), block.text)
      const output = outputOf(block, cwd)
      const shown = blocksOf(page)[i + 1]
      if (output !== undefined && shown?.language === '') assert.equal(output.trim(), shown.text.trim())
    }
  })
}

describe('the tests of pages', () => {
  it('leave out only what a page has', () => {
    const all = new Set(pages.flatMap((page) => blocksOf(page).flatMap(commandsOf)))
    const inText = pages.map(read).join('\n')
    assert.deepEqual(
      Object.keys(notRun).filter((command) => !all.has(command) && !inText.includes(`\`${command}\``)),
      [],
    )
  })

  it('run most pages, and know those that others run', () => {
    const others = pages.filter(isElsewhere)
    for (const page of ['docs/labelled-anomalies.md', 'docs/python.md', 'docs/training.md'])
      assert.ok(others.includes(page), page)
    for (const page of ['README.md', 'docs/commands.md', 'docs/library.md']) assert.ok(!others.includes(page), page)
  })
})

describe('the README', () => {
  it('has fewer than 120 lines', () => {
    assert.ok(read('README.md').split('\n').length - 1 < 120)
  })

  it('begins with the two commands of a clone', () => {
    const [first] = blocksOf('README.md').filter(({ language }) => language === 'sh')
    assert.deepEqual(first?.text, 'npm ci && npm start\nnpm test\n')
  })

  it('has every command in its table', () => {
    const { stdout } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), '--help'], { encoding: 'utf8' })
    const commands = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}(\w+) /gm)].map(
      ([, name = '']) => name,
    )
    const table = /\| command \| does \|\n(.*?)\n\n/s.exec(read('README.md'))?.[1] ?? ''
    const shown = table
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
    assert.deepEqual(shown.toSorted(), commands.filter((name) => name !== 'help').toSorted())
  })
})
