import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadDuckdb } from '../../src/loadDuckdb.js'
import { duckdbVersion } from '../../src/version.js'

const failing = (message: string) => () => Promise.reject(new Error(message))

describe('DuckDB that does not load is told of in a sentence,', () => {
  for (const [what, message, name] of [
    ['its package missing', "Cannot find package '@duckdb/node-api' imported from /a/b.js", '@duckdb/node-api'],
    [
      'its code for this machine missing',
      "Cannot find module '@duckdb/node-bindings-darwin-arm64/duckdb.node'\nRequire stack:\n- /a/duckdb.js",
      '@duckdb/node-bindings-darwin-arm64',
    ],
  ] as const) {
    it(what, () =>
      assert.rejects(loadDuckdb(failing(message)), {
        name: 'ScoringBiasError',
        code: 'NOT_INSTALLED',
        message: `Parquet files and stores need ${name}, which is not installed; install it with \`npm install ${name}@${duckdbVersion}\``,
      }),
    )
  }

  it('a machine that it is not made for', () =>
    assert.rejects(loadDuckdb(failing("unsupported arch 'ppc64'\nmore")), {
      code: 'NOT_INSTALLED',
      message:
        `Parquet files and stores need DuckDB, which does not load on ${process.platform} ${process.arch}: ` +
        "unsupported arch 'ppc64'. It needs Linux, macOS or Windows, on x64 or arm64",
    }))
})

it('where it loads, it is there', async () => {
  assert.equal(typeof (await loadDuckdb()).DuckDBInstance, 'function')
})
