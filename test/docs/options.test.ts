import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

test('docs/options.md is what the declarations say; `npm run options` writes it', () => {
  const script = "import { optionsPage } from './scripts/options.mjs'\nprocess.stdout.write(optionsPage())"
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
  })
  assert.match(stdout, /^# Options$/m, stderr)
  assert.equal(readFileSync(`${root}docs/options.md`, 'utf8'), stdout)
  assert.match(stdout, /^\| `fpr` \| `number` \| Target false-positive rate in \(0, 1\)\. Default 0\.05\. \|$/m)
})
