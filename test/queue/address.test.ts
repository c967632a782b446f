import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { connectRedis, leaveRedis, redisPlace } from '../../src/queue/redis.js'
import { run } from '../cli/program.js'
import { endAll, folder, noRedis, Server } from './machines.js'

afterEach(endAll)

describe('the address of a queue', () => {
  it('is shown without what is secret', () => {
    assert.equal(redisPlace('rediss://user:secret@host:6380/2'), 'rediss://host:6380/2')
    assert.equal(redisPlace('redis://localhost'), 'redis://localhost')
  })

  it('is refused where it is none, without a word of it', () => {
    assert.throws(() => redisPlace('redis://:secret@host/queue'), {
      message: /^queue is no database of a Redis server\. Databases have numbers/,
    })
    for (const url of ['', 'localhost:6379', 'http://:secret@host']) {
      assert.throws(
        () => redisPlace(url),
        (error: Error) => /no address of a Redis server/.test(error.message) && !/secret/.test(error.message),
        url,
      )
    }
  })

  it('needs a store in a study', async () => {
    const { code, stderr } = await run(['study', 'statlog', '--queue', 'redis://localhost:1'], folder())
    assert.equal(code, 2)
    assert.match(stderr, /--queue needs a file .* --store all\.duckdb/)
  })

  it('is refused beside a shard', async () => {
    const { code, stderr } = await run(
      ['study', 'statlog', '--shard', '1/2', '--queue', 'redis://localhost:1', '--store', 'part.duckdb'],
      folder(),
    )
    assert.equal(code, 2)
    assert.match(stderr, /--shard trains a part here, and --queue has workers train all of it/)
  })

  it('where nothing answers is told with the way out', async () => {
    const { code, stderr } = await run(['worker', 'redis://:secret@127.0.0.1:1'], folder())
    assert.equal(code, 1)
    assert.match(
      stderr,
      /error: no Redis answers at redis:\/\/127\.0\.0\.1:1 \(tried 5 times: .*ECONNREFUSED.*`redis-server`/,
    )
    assert.ok(!/secret|at a time/.test(stderr), stderr)
  })
})

describe('a server', { skip: noRedis }, () => {
  it('that wants another password is named', async () => {
    const { url } = await Server.start('--requirepass', 'right')
    const wrong = url.replace('//', '//:wrong@')
    for (const address of [url, wrong]) {
      await assert.rejects(connectRedis(address, { onNotice: assert.fail }), {
        code: 'NO_QUEUE',
        message: /refuses the password\. Give it in the address/,
      })
    }
    leaveRedis(await connectRedis(url.replace('//', '//:right@'), { onNotice: assert.fail }))
  })

  it('that has no such database is named, and its first one is left alone', async () => {
    const { url } = await Server.start('--databases', '2')
    await assert.rejects(connectRedis(`${url}/2`, { onNotice: assert.fail }), {
      code: 'NO_QUEUE',
      message: /has no database 2 \(.*out of range.*\)\. Give a smaller number, or none/,
    })
    leaveRedis(await connectRedis(`${url}/1`, { onNotice: assert.fail }))
  })

  it('that drops keys when its memory is full is warned of', async () => {
    const { url } = await Server.start('--maxmemory', '20mb', '--maxmemory-policy', 'allkeys-lru')
    const told: string[] = []
    leaveRedis(await connectRedis(url, { onNotice: (text) => told.push(text) }))
    assert.match(told.join(), /maxmemory-policy allkeys-lru\)\. Set it to noeviction/)
  })

  it('is left alone by a signal that fires before it answers', async () => {
    const stopped = AbortSignal.abort()
    await assert.rejects(connectRedis('redis://127.0.0.1:1', { onNotice: () => {} }, stopped), { code: 'ABORTED' })
  })
})
