import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { trainByQueue, workOnQueue } from '../../src/rooms/cluster.js'
import { blocksOf, prepared, run } from '../docs/page.js'
import { endAll, noRedis, Server } from './machines.js'

afterEach(endAll)

describe('a queue from Node', () => {
  it('is the example of the guide', { skip: noRedis }, async () => {
    const { url } = await Server.start()
    const page = 'docs/workers.md'
    const code = blocksOf(page).find(({ language }) => language === 'js')?.text ?? ''
    assert.ok(code.includes("'redis://localhost:6379'"))
    const said = run(
      prepared(page),
      process.execPath,
      ['--input-type=module'],
      code.replace('redis://localhost:6379', url),
    )
    assert.equal(said.replace(/^no worker is there.*\n/, ''), '{ trained: 2, refused: 0 }\n5\n')
  })

  const url = 'redis://localhost:1'
  const { signal } = new AbortController()
  const study = { dataset: 'statlog' }
  for (const [what, call, code, message] of [
    [
      'an address that is none',
      () => workOnQueue({ url: 'localhost', signal }),
      'OUT_OF_RANGE',
      /no address of a Redis/,
    ],
    ['too short a lock', () => workOnQueue({ url, signal, lockMs: 10 }), 'OUT_OF_RANGE', /^lockMs must/],
    ['no workers', () => workOnQueue({ url, signal, workers: 0 }), 'OUT_OF_RANGE', /^workers must/],
    ['a worker without an end', () => workOnQueue({ url } as never), 'WRONG_TYPE', /^signal must be an AbortSignal/],
    [
      'a path for tables',
      () => workOnQueue({ url, signal, tables: 'a.csv' } as never),
      'WRONG_TYPE',
      /^tables must be an array/,
    ],
    ['a study without a store', () => trainByQueue({ study }, { url } as never), 'WRONG_TYPE', /^store must be/],
    [
      'an address that is none, of a study',
      () => trainByQueue({ study }, { url: '', store: 'a.duckdb' }),
      'OUT_OF_RANGE',
      /no address/,
    ],
    [
      'no command',
      () => trainByQueue({} as never, { url, store: 'a.duckdb' }),
      'OUT_OF_RANGE',
      /^command must be one of/,
    ],
    [
      'an option that there is not',
      () => trainByQueue({ study }, { url, store: 'a', workers: 2 } as never),
      'UNKNOWN_NAME',
      /workers/,
    ],
  ] as const) {
    it(`refuses ${what}`, () => assert.rejects(call(), { code, message }))
  }
})
