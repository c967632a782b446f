import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { checkWritable, makeFolder } from '../src/writeFile.js'
import { sourceFlags, sourceUrl } from './sources.js'

const root = await mkdtemp(join(tmpdir(), 'make-folder-'))
after(() => rm(root, { recursive: true }))

/** Where the system makes nothing, and says that the folder above is missing. */
const skip = !existsSync('/proc/self/status') && 'there is no /proc'

describe('makeFolder', () => {
  it('makes the folders above, takes those that are there, and lets several at once', async () => {
    const path = join(root, 'a', 'b', 'c')
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(root, 'a', 'b', 'd'))])
    await makeFolder(`${path}/`)
    await makeFolder('/')
    await symlink(path, join(root, 'link'))
    await makeFolder(join(root, 'link', 'e'))
    for (const made of [path, join(root, 'a', 'b', 'd'), join(path, 'e')]) assert.ok((await stat(made)).isDirectory())
  })

  it('says what is in the way, and what to do', async () => {
    const file = join(root, 'file')
    await writeFile(file, '')
    const dangling = join(root, 'dangling')
    await symlink(join(root, 'nowhere'), dangling)
    for (const [path, why] of [
      [file, 'a file is in its place'],
      [join(file, 'x', 'y'), 'its folder is not a folder'],
      [dangling, 'a file is in its place'],
    ] as const) {
      const message = `cannot make the folder ${path}: ${why}. Name another folder`
      await assert.rejects(makeFolder(path), { code: 'BAD_FILE', message })
    }
  })

  // In a process of its own: one that never ends takes the test runner with it.
  for (const path of ['/proc/x', '/proc/self/x', '/proc/x/y/z']) {
    it(`ends where the system makes no folder: ${path}`, { skip }, () => {
      const code = `import { makeFolder } from ${JSON.stringify(sourceUrl('writeFile'))}
        await makeFolder(${JSON.stringify(path)}).catch(({ code, message }) => console.log(code, message))`
      const { stdout, signal } = spawnSync(process.execPath, [...sourceFlags, '--input-type=module', '--eval', code], {
        encoding: 'utf8',
        timeout: 300_000,
        killSignal: 'SIGKILL',
      })
      assert.equal(signal, null, 'it did not end')
      const above = path.startsWith('/proc/self') ? '/proc/self' : '/proc'
      const why = `the system lets nothing be made in ${above}`
      assert.equal(stdout, `BAD_FILE cannot make the folder ${path}: ${why}. Name another folder\n`)
    })
  }

  it('does not say that a folder is missing that is there', { skip }, async () => {
    await assert.rejects(checkWritable('/proc/report.html'), {
      code: 'BAD_FILE',
      message: 'cannot write /proc/report.html: the system lets nothing be made in /proc',
    })
  })
})
