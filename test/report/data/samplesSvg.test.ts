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

test('what is no data set is refused, with the part that is wrong', async () => {
  const dataset = await loadDataset('statlog', { share: 0.01 })
  const refused = (given: unknown, code: string, message: RegExp) =>
    assert.throws(() => samplesSvg(given as never), { name: 'ScoringBiasError', code, message })
  for (const given of [null, undefined, 5, 'statlog', []])
    refused(given, 'WRONG_TYPE', /^dataset must be an object, got /)
  refused({}, 'WRONG_TYPE', /^title of dataset must be a string, got undefined$/)
  refused({ ...dataset, labels: [0] }, 'WRONG_TYPE', /^labels must be a Uint8Array/)
  refused({ ...dataset, sample: [0.5] }, 'OUT_OF_RANGE', /^sample\[0\]|^sample/)
  refused({ ...dataset, features: [1] }, 'WRONG_TYPE', /^features must be a Float32Array/)
  const message = /^features must have \d+ elements, those of \d+ samples, got 36$/
  refused({ ...dataset, features: dataset.features.slice(0, 36) }, 'LENGTH_MISMATCH', message)
})
