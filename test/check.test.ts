import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { integer, nearest, type OptionChecks, required, requireOptions, text } from '../src/check.js'
import { ScoringBiasError } from '../src/errors.js'
import { workOnQueue } from '../src/queue/workOnQueue.js'
import { relativeBias } from '../src/stats/bias/relativeBias.js'
import { binomialInterval } from '../src/stats/binomialInterval.js'

const checks: OptionChecks<{ size?: number; name?: string }> = { size: integer(0), name: text }
const options = (value: unknown) => requireOptions('here', value as object, checks)

function refused(value: unknown, code: string, message: RegExp): void {
  assert.throws(
    () => options(value),
    (error: unknown) => {
      assert.ok(error instanceof ScoringBiasError, String(error))
      assert.equal(error.code, code)
      assert.match(error.message, message)
      return true
    },
  )
}

describe('options', () => {
  it('are the own ones of an object of any making', async () => {
    class Own {
      size = 3
      get #hidden() {
        return 0
      }
      sum() {
        return this.size + this.#hidden
      }
    }
    const bare = Object.assign(Object.create(null), { size: 3 })
    const got = {
      get size() {
        return 3
      },
    }
    const namespace = await import('data:text/javascript,export const size = 3' as string)
    for (const one of [{ size: 3 }, new Own(), bare, got, namespace, Object.freeze({ size: 3 })]) {
      assert.deepEqual(options(one), { size: 3 })
    }
    for (const one of [undefined, {}, { size: undefined }, Object.create({})]) assert.deepEqual(options(one), {})
  })

  it('are refused where they are inherited or hidden, which nobody would read', () => {
    class Getters {
      get size() {
        return 3
      }
    }
    const way =
      /^the option size of here (is .+), got \w+\. Give a plain object that has it itself, as in \{ size: … \}$/
    refused(Object.create({ size: 3 }), 'WRONG_TYPE', way)
    refused(Object.create(Object.create({ size: 3 })), 'WRONG_TYPE', way)
    refused(new Getters(), 'WRONG_TYPE', way)
    refused({ __proto__: { size: 3 } }, 'WRONG_TYPE', way)
    refused(Object.defineProperty({}, 'size', { value: 3 }), 'WRONG_TYPE', /is not enumerable/)
  })

  it('with unknown names are refused, whoever has them', () => {
    const unknown = /^here has no option '(sizes|__proto__|constructor)'.*; it has name, size$/
    refused({ sizes: 3 }, 'UNKNOWN_NAME', unknown)
    refused(Object.create({ sizes: 3 }), 'UNKNOWN_NAME', unknown)
    refused(JSON.parse('{"__proto__":{"size":3}}'), 'UNKNOWN_NAME', unknown)
    refused({ constructor: 3 }, 'UNKNOWN_NAME', unknown)
  })

  it('are no Map, Set, array, typed array, promise or date', () => {
    const pairs: [string, number][] = [['size', 3]]
    for (const one of [
      new Map(pairs),
      new Set(['size']),
      [3],
      Float64Array.of(3),
      Promise.resolve({ size: 3 }),
      new Date(),
    ]) {
      refused(
        one,
        'WRONG_TYPE',
        /^the options of here must be (a plain object, as in \{ name: value \}|an object), got \w+$/,
      )
    }
  })

  it('that are dropped unseen give no answer with a default', async () => {
    const values = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i))
    const one = { normal: values, anomalous: values }
    for (const asked of [Object.create({ fpr: 0.25 }), new Map([['fpr', 0.25]])]) {
      await assert.rejects(relativeBias({ baseline: one, candidate: one }, asked), { code: 'WRONG_TYPE' })
    }
  })

  it('without a default are said to be required', async () => {
    assert.throws(() => requireOptions<{ size: number }>('here', {} as never, { size: required(integer(0)) }), {
      message: 'size must be a number, got undefined. It is required',
    })
    await assert.rejects(workOnQueue({ url: 'redis://localhost' } as never), {
      code: 'WRONG_TYPE',
      message: 'signal must be an AbortSignal, got undefined. It is required',
    })
  })
})

describe('a name is suggested', () => {
  const known = ['fpr', 'seed', 'level', 'classes', 'deep-sad']
  it('for one with a letter left out, put in, changed, or exchanged with its neighbour', () => {
    for (const [asked, name] of [
      ['fp', 'fpr'],
      ['fprr', 'fpr'],
      ['fbr', 'fpr'],
      ['frp', 'fpr'],
      ['pfr', 'fpr'],
      ['sede', 'seed'],
      ['Esed', 'seed'],
      ['leevl', 'level'],
      ['lcasess', 'classes'],
      ['sad', 'deep-sad'],
    ] as const) {
      assert.equal(nearest(asked, known), name, asked)
    }
  })

  it('for none that is farther away', () => {
    for (const asked of ['rpf', 'dees', 'margin', '']) assert.equal(nearest(asked, known), undefined, asked)
  })

  it('by who refuses an option', () => {
    assert.throws(() => options({ naem: 'x' }), { message: /^here has no option 'naem' \(did you mean 'name'\?\)/ })
  })
})

describe('the range of an integer is said', () => {
  it('with its end to who goes beyond it', () => {
    const end = 'from 0 to 9007199254740991 (2^53 − 1)'
    for (const [value, range] of [
      [-1, 'of at least 0'],
      [0.5, 'of at least 0'],
      [Number.NaN, 'of at least 0'],
      [2 ** 53, end],
      [Number.POSITIVE_INFINITY, end],
    ] as const) {
      const message = `size must be an integer ${range}, got ${value}`
      assert.throws(() => options({ size: value }), { code: 'OUT_OF_RANGE', message })
    }
    assert.throws(() => binomialInterval(1, 2 ** 53), { message: /^n must be .+ 9007199254740991 \(2\^53 − 1\), got / })
    assert.deepEqual(options({ size: 2 ** 53 - 1 }), { size: 2 ** 53 - 1 })
  })
})
