import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cannotRead } from '../src/errors.js'
import { cannotWrite } from '../src/writeFile.js'

/** An error as the system gives it. */
const systemError = (code: string) => Object.assign(new Error(`${code}: words of the system, open 'a'`), { code })

describe('why the system refuses a file is told in words, of files to read and to write', () => {
  for (const [code, read, written] of [
    ['EACCES', 'permission denied', 'permission denied'],
    ['EPERM', 'permission denied', 'permission denied'],
    ['EISDIR', 'it is a folder', 'it is a folder'],
    ['ELOOP', 'its links go in a circle', 'its links go in a circle'],
    ['ENOENT', 'there is no such file', 'its folder does not exist'],
    ['ENOTDIR', 'there is no such file', 'its folder is not a folder'],
    ['EMFILE', 'too many files are open. Raise the limit (`ulimit -n`)', 'too many files are open'],
    ['EODD', "EODD: words of the system, open 'a'", "EODD: words of the system, open 'a'"],
  ] as const) {
    it(code, () => {
      const error = systemError(code)
      assert.throws(() => cannotRead('a.csv')(error), {
        code: 'BAD_FILE',
        message: `cannot read a.csv: ${read}`,
        cause: error,
      })
      assert.throws(() => cannotWrite('a.csv')(error), { code: 'BAD_FILE', message: `cannot write a.csv: ${written}` })
    })
  }
})
