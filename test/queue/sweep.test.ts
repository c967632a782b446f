import assert from 'node:assert/strict'
import { afterEach, it } from 'node:test'
import { alone, answerOf, coordinator, endAll, noRedis, Server, startWorker } from './machines.js'

afterEach(endAll)

const training = ['--runs', '2', '--epochs', '1', '--pretrain-epochs', '1', '--device', 'cpu', '--resamples', '200']
const sweep = ['sweep', 'statlog', '--labelled', '1,4', '--contamination', '0,5%', ...training, '--json']

it('a sweep whose units a queue trains gives the answer of one process', { skip: noRedis }, async () => {
  const { url } = await Server.start()
  await startWorker(url)
  const { code, stdout, stderr } = await (await coordinator(url, sweep)).finish()
  assert.equal(code, 0, stderr)
  // Of each contamination the baseline once, and the candidate for each number of labels.
  assert.match(stderr, /"phase":"training in the queue","done":\d,"total":6,/)
  assert.deepEqual(answerOf(stdout), await alone(sweep))
})
