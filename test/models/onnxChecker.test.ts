import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { onnxPython, skip } from '../onnxPython.js'

const committed = fileURLToPath(new URL('../../models', import.meta.url))
const script = fileURLToPath(new URL('check_onnx.py', import.meta.url))

function check(folder: string): ReturnType<typeof onnxPython> {
  return onnxPython(script, folder)
}

describe("onnx's own checker and strict shape inference", () => {
  it('pass every model, and read in it what the manifest says', { skip }, async () => {
    const manifest = JSON.parse(await readFile(join(committed, 'manifest.json'), 'utf8'))
    const { status, stdout, stderr } = check(committed)
    assert.equal(stderr, '')
    assert.deepEqual([status, stdout], [0, `${manifest.models.length}\n`])
  })

  describe('find', () => {
    const folders: string[] = []
    after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))
    /** A copy of the models in which some bytes of one file are others of the same number. */
    async function damaged(file: string, from: string, to: string): Promise<string> {
      const folder = await mkdtemp(join(tmpdir(), 'check-onnx-'))
      folders.push(folder)
      await cp(committed, folder, { recursive: true })
      const text = await readFile(join(folder, file), 'latin1')
      assert.ok(text.includes(from) && from.length === to.length)
      await writeFile(join(folder, file), text.replace(from, to), 'latin1')
      return folder
    }

    for (const [what, from, to, message] of [
      ['an operator that does not exist', 'MatMul', 'MatMut', /mlp\/hsc\.score\.onnx: .*MatMut/],
      ['a value that nothing computes', 't0', 't?', /mlp\/hsc\.score\.onnx: /],
    ] as const) {
      it(what, { skip }, async () => {
        const { status, stderr } = check(await damaged('mlp/hsc.score.onnx', from, to))
        assert.equal(status, 1)
        assert.match(stderr, message)
      })
    }

    it('a shape that the manifest states otherwise', { skip }, async () => {
      const { status, stderr } = check(await damaged('manifest.json', '"shape": ["N", 36]', '"shape": ["N", 35]'))
      assert.equal(status, 1)
      assert.match(stderr, /deep-svdd\.train\.onnx: AssertionError: inputs differ/)
    })
  })
})
