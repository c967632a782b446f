import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { openTable } from '../../src/data/tables/openTable.js'

const most = 2000

/** Chunks of 64 KiB that all begin alike, at most 2,000 of them, and how many were taken. */
function endless(begins: string) {
  const counts = { taken: 0 }
  const chunk = Buffer.alloc(2 ** 16)
  chunk.write(begins, 'latin1')
  function* chunks() {
    while (counts.taken < most) {
      counts.taken++
      yield chunk
    }
  }
  return { stdin: Readable.from(chunks()), counts }
}

describe('standard input that is no table', () => {
  for (const [begins, message] of [
    ['', /^standard input: cannot tell the format by the name or the first bytes/],
    ['%PDF', /^standard input is a PDF/],
    ['\x89HDF', /^standard input is an HDF5 file/],
  ] as const) {
    it(`is refused by its first bytes, ${JSON.stringify(begins)}`, async () => {
      const { stdin, counts } = endless(begins)
      await assert.rejects(openTable('-', { stdin }), { code: 'BAD_FILE', message })
      assert.ok(counts.taken < 100, `${counts.taken} chunks were read`)
      assert.ok(stdin.destroyed)
    })
  }

  it('is refused however small its pieces are, and read where it is one', async () => {
    const pieces = (text: string) => Readable.from(Array.from(text, (letter) => Buffer.from(letter)))
    await assert.rejects(openTable('-', { stdin: pieces('\0'.repeat(5000)) }), {
      code: 'BAD_FILE',
      message: /cannot tell/,
    })
    await assert.rejects(openTable('-', { stdin: pieces('\0\0\0') }), { code: 'BAD_FILE', message: /cannot tell/ })
    const table = await openTable('-', { stdin: pieces(`a,b\n${'1,2\n'.repeat(2000)}`) })
    try {
      assert.deepEqual(table.columns, ['a', 'b'])
    } finally {
      await table.close()
    }
    const text = await openTable('-', { stdin: Readable.from([`é,b\n${'1,2\n'.repeat(2000)}`]) })
    try {
      assert.deepEqual(text.columns, ['é', 'b'])
    } finally {
      await text.close()
    }
  })
})
