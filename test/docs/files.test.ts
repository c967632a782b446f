import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { writeCases } from '../scoreCases.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(root, 'docs', 'files.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'files-'))
after(() => rmSync(folder, { recursive: true }))

const program = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist', 'cli', 'main.js')}' "$@"\n`
before(async () => {
  await writeCases(folder)
  writeFileSync(join(folder, 'scoring-bias'), program, { mode: 0o755 })
})

/** What commands say, without progress: what they end with is part of it. */
function said(commands: string): string {
  const { stdout, stderr } = spawnSync('sh', ['-uc', commands], {
    cwd: folder,
    env: { ...process.env, PATH: folder + delimiter + process.env.PATH },
    encoding: 'utf8',
  })
  return (stdout + stderr.replace(/^reading: .*\n/gm, '')).trim()
}

const blocks = [...page.matchAll(/```sh\n(.*?)```\n```\n(.*?)```/gs)]
assert.equal(blocks.length, page.split('```sh').length - 1, 'every command has its output')

for (const [, commands = '', output = ''] of blocks) {
  test(commands.trim(), () => assert.equal(said(commands), output.trim()))
}
