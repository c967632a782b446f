import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commands } from '../../src/cli/commands.js'
import { cli } from './commandLine.js'

for (const { name, examples } of commands) {
  test(`the help of ${name} shows two calls, whose options it lists`, async () => {
    const { code, stdout } = await cli(name, '--help')
    assert.equal(code, 0)
    for (const example of examples) {
      assert.ok(example === name || example.startsWith(`${name} `), example)
      assert.ok(stdout.includes(`$ scoring-bias ${example}\n`), example)
      for (const [option] of example.matchAll(/(?<= )--?[a-z][a-z-]*/g)) {
        assert.match(stdout, new RegExp(`^ +(-\\w, )?${option}\\b`, 'm'), `${name} has no ${option}`)
      }
    }
  })
}
