import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inflateSync } from 'node:zlib'
import { loadDataset } from '../../../src/data/datasets.js'
import { greyPng, samplesSvg } from '../../../src/report/data/samplesSvg.js'

test('a grey PNG has its size, its rows without filter, and the checksums of the standard', () => {
  const png = Buffer.from(greyPng(Uint8Array.of(0, 50, 100, 150, 200, 255), 3, 2))
  assert.equal(png.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n')
  assert.deepEqual([...png.subarray(16, 29)], [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0])
  const length = png.readUInt32BE(33)
  assert.equal(png.subarray(37, 41).toString(), 'IDAT')
  assert.deepEqual([...inflateSync(png.subarray(41, 41 + length))], [0, 0, 50, 100, 0, 150, 200, 255])
  // The CRC of an empty IEND chunk is known.
  assert.equal(png.subarray(-4).toString('hex'), 'ae426082')
})

test('samples of a table are lines, a class a row, with the source', async () => {
  const svg = samplesSvg(await loadDataset('statlog', { share: 0.01 }), { perClass: 3 })
  assert.equal(svg.match(/<polyline /g)?.length, 18)
  assert.match(svg, /vegetation stubble/)
  assert.match(svg, /CC BY 4\.0/)
  assert.equal(svg.match(/points="([^"]*)"/)?.[1]?.split(' ').length, 36)
})
