import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ClusterModel, simulate } from '../../bench/clusterModel.js'
import { uniform } from '../../src/random/uniform.js'
import { meanSd } from '../../src/stats/meanSd.js'

const model: ClusterModel = {
  ...{ units: [], workers: 1, delivery: 0, storing: 0, otherwise: 0 },
  ...{ life: Number.POSITIVE_INFINITY, restart: 0, lock: 30, deaths: 2, ahead: 4, seed: 1 },
}
const equal = (n: number, seconds: number) => new Float64Array(n).fill(seconds)
const near = (value: number, expected: number, error: number) =>
  assert.ok(Math.abs(value - expected) <= error, `${value} is not ${expected} ± ${error}`)

describe('the simulation of a cluster', () => {
  it('of one worker takes all units and deliveries, and then stores the last', () => {
    const units = [5, 3, 2, 7]
    const { makespan, stored, utilisation, mostWaiting } = simulate({ ...model, units, delivery: 0.5, storing: 0.25 })
    near(makespan, 17 + 4 * 0.5 + 0.25, 1e-12)
    near(utilisation, 17 / makespan, 1e-12)
    assert.deepEqual([stored, mostWaiting], [4, 1])
  })

  it('of equal units takes ⌈units/workers⌉ rounds', () => {
    for (const workers of [1, 3, 10, 64]) {
      near(simulate({ ...model, units: equal(100, 2), workers }).makespan, Math.ceil(100 / workers) * 2, 1e-9)
    }
  })

  it('of a coordinator slower than its workers takes what the coordinator takes, beside its other work', () => {
    const units = equal(1000, 2)
    const { makespan, storingShare } = simulate({ ...model, units, workers: 100, storing: 0.1, otherwise: 0.2 })
    near(makespan, 2 + (1000 * 0.1) / 0.8, 1e-9)
    near(storingShare, 100 / makespan, 1e-12)
  })

  it('keeps a unit and no more in training where just one is out at a time', () => {
    // One unit is out until it is stored: training and storing take turns.
    near(simulate({ ...model, units: equal(10, 2), storing: 1, ahead: 1 }).makespan, 30, 1e-12)
  })

  it('lets results wait as long as those of M/D/1 do (Pollaczek 1930, Khinchine 1932)', () => {
    // Workers that always have a unit of an exponential time make a Poisson process.
    const [n, workers, load] = [100_000, 200, 0.7]
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
      const units = uniform(n, { seed, stream: 9 }).map((u) => (-workers / load) * Math.log(u))
      return simulate({ ...model, units, workers, storing: 1, ahead: 1000 }).meanWait
    })
    const { mean, sd } = meanSd(waits)
    near(mean, load / (2 * (1 - load)), (4 * sd) / Math.sqrt(waits.length))
    assert.ok(sd < 0.05 * mean)
  })

  it('of workers that die takes (1/λ + R)(exp(λt) − 1) for each unit', () => {
    const [n, seconds, life, restart] = [20_000, 100, 200, 60]
    const units = equal(n, seconds)
    const { makespan, died, stored } = simulate({ ...model, units, life, restart, lock: 1, deaths: 1e9 })
    const wanted = (life + restart) * Math.expm1(seconds / life)
    assert.equal(stored, n)
    // Deaths before a unit ends are geometric.
    const p = Math.exp(-seconds / life)
    near(died / n, (1 - p) / p, (4 * Math.sqrt((1 - p) / n)) / p)
    near(makespan / n, wanted, 0.02 * wanted)
  })

  it('gives up units over which two workers died, as often as two deaths come together', () => {
    const [n, seconds, life] = [50_000, 30, 100]
    const { givenUp, stored } = simulate({ ...model, units: equal(n, seconds), workers: 50, life, lock: 1 })
    const p = (1 - Math.exp(-seconds / life)) ** 2
    assert.equal(givenUp + stored, n)
    near(givenUp / n, p, 4 * Math.sqrt((p * (1 - p)) / n))
  })

  it('repeats itself by its seed', () => {
    const asked = { ...model, units: equal(300, 10), workers: 7, life: 100, restart: 5, storing: 0.1 }
    assert.deepEqual(simulate(asked), simulate(asked))
    assert.notDeepEqual(simulate(asked), simulate({ ...asked, seed: 2 }))
  })
})
