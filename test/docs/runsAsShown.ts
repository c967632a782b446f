import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { type Block, blocksOf, prepared, run } from './page.js'

/** Commands that are not run here, and why. */
export const notRun: Record<string, string> = {
  'npm ci && npm start': '.ci/run runs it',
  'npm test': 'this is it',
  'scoring-bias reproduce table4 --quick': '.ci/run runs it',
  'npm install scoring-bias': '`npm run release-check` installs the package',
  'npm install --omit=optional scoring-bias': '`npm run release-check` installs the package',
  'apt-get install python3-pandas': 'it changes the machine',
  'apt-get install r-base-core r-cran-jsonlite': 'it changes the machine',
  'ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install': 'it downloads 200 MB or more',
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

/** Commands of a block: a line each, without comments, those that go on in the next joined. */
export const commandsOf = ({ text }: Block) =>
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

/** Tests a page from the top: what it tells users to type runs, and prints what it shows. */
export function runsAsShown(page: string): void {
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
