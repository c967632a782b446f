import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { classRows } from '../../src/data/core/dataset.js'
import { loadDataset } from '../../src/data/datasets.js'
import { loadStatlog, readStatlogText } from '../../src/data/sets/statlog.js'

test('StatLog has 6,435 samples of 36 features in six classes', async () => {
  const data = await loadStatlog()
  assert.equal(data.features.length, 6435 * 36)
  const counts = data.classes.map((name, i) => [name, classRows(data, i).length])
  assert.deepEqual(Object.fromEntries(counts), {
    'red soil': 1533,
    'cotton crop': 703,
    'grey soil': 1358,
    'damp grey soil': 626,
    'vegetation stubble': 707,
    'very damp grey soil': 1508,
  })
})

test('StatLog features are the first sample again once the standardisation is undone', async () => {
  const { features, standardisation, labels, classes } = await loadStatlog()
  assert.ok(standardisation)
  const first = Array.from(standardisation.mean, (mean, j) =>
    Math.round((features[j] ?? Number.NaN) * (standardisation.sd[j] ?? Number.NaN) + mean),
  )
  assert.deepEqual(first.slice(0, 9), [92, 115, 120, 94, 84, 102, 106, 79, 84])
  assert.equal(classes[labels[0] ?? -1], 'grey soil')
})

test('StatLog names its source and licence', async () => {
  const { attribution } = await loadStatlog()
  for (const part of ['Srinivasan', '1993', 'UCI', '10.24432/C55887', 'CC BY 4.0'])
    assert.ok(attribution.includes(part))
})

test('StatLog’s file is refused when one digit of it is another, or it is none', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'statlog-'))
  t.after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'statlog.csv.gz')
  const { text } = await readStatlogText()
  await writeFile(path, gzipSync(text.replace('\n92,', '\n93,')))
  const message = /statlog\.csv\.gz: unpacked, its SHA-256 is [\da-f]{64}, not 8cb747e3.*\. Reinstall the package$/
  await assert.rejects(readStatlogText(path), { code: 'BAD_FILE', message })
  for (const bytes of [gzipSync(text).subarray(0, 1000), Buffer.from(text)]) {
    await writeFile(path, bytes)
    await assert.rejects(readStatlogText(path), {
      code: 'BAD_FILE',
      message: /cannot read .*\. Reinstall the package$/,
    })
  }
})

test('loadDataset names the data sets there are when asked for another', async () => {
  await assert.rejects(loadDataset('satlog'), {
    code: 'UNKNOWN_NAME',
    message: "unknown data set 'satlog' (did you mean 'statlog'?); known: synthetic, statlog, fashion-mnist, spectrum",
  })
})
