import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normalQuantile } from '../../src/special.js'
import { type Contrast, simultaneous } from '../../src/stats/bias/simultaneous.js'
import { meanSd } from '../../src/stats/meanSd.js'

/** K contrasts with B replicates each, on a lattice: many ties, and some without any spread. */
const families = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }))
  .chain(([k, b, n]) => {
    const difference = fc.integer({ min: -n, max: n }).map((x) => x / n)
    const spread = fc.array(difference, { minLength: b, maxLength: b }).map((x) => Float64Array.from(x))
    const constant = difference.map((x) => new Float64Array(b).fill(x))
    const contrast = fc.record({
      estimate: difference,
      replicates: fc.oneof({ weight: 3, arbitrary: spread }, constant),
      n: fc.constant(n),
    })
    return fc.array(contrast, { minLength: k, maxLength: k })
  })
const levels = fc.double({ min: 0.01, max: 0.99, noNaN: true })

test('intervals hold ξ, lie in [−1, 1] and hold the normal interval of their contrast alone', () =>
  fc.assert(
    fc.property(families, levels, (contrasts, level) => {
      const joint = simultaneous(contrasts, level)
      const z = normalQuantile(0.5 + level / 2)
      joint.forEach(({ interval, pAdjusted, standardError }, k) => {
        const { estimate, replicates } = contrasts[k] as Contrast
        const reach = z * meanSd(replicates).sd - 1e-12
        assert.ok(interval[0] >= -1 && interval[1] <= 1)
        assert.ok(interval[0] <= estimate && estimate <= interval[1], `${interval} for ${estimate}`)
        assert.ok(interval[0] <= Math.max(-1, estimate - reach) && interval[1] >= Math.min(1, estimate + reach))
        assert.ok(pAdjusted > 0 && pAdjusted <= 1)
        assert.ok(standardError > 0)
      })
    }),
  ))

test('a band at a higher level holds the band at a lower one', () =>
  fc.assert(
    fc.property(families, levels, levels, (contrasts, a, b) => {
      const narrow = simultaneous(contrasts, Math.min(a, b))
      const wide = simultaneous(contrasts, Math.max(a, b))
      wide.forEach(({ interval }, k) => {
        const inner = narrow[k]?.interval ?? [0, 0]
        assert.ok(interval[0] <= inner[0] + 1e-12 && interval[1] >= inner[1] - 1e-12, `${interval} in ${inner}`)
      })
    }),
  ))

test('an adjusted p-value is at least that of its own statistic, and no less for a smaller statistic', () =>
  fc.assert(
    fc.property(families, (contrasts) => {
      const joint = simultaneous(contrasts, 0.95)
      const regular = joint.flatMap(({ degenerate, pAdjusted, standardError }, k) => {
        const { estimate, replicates } = contrasts[k] as Contrast
        if (degenerate) return []
        const attained = Math.abs(estimate) * (1 - 1e-9)
        const extreme = replicates.filter((x) => Math.abs(x - estimate) >= attained).length
        assert.ok(pAdjusted >= (1 + extreme) / (replicates.length + 1) - 1e-12)
        return [{ t: Math.abs(estimate) / standardError, pAdjusted }]
      })
      for (const one of regular) {
        for (const other of regular) assert.ok(one.t <= other.t || one.pAdjusted <= other.pAdjusted)
      }
    }),
  ))

test('the order of the contrasts does not matter, and one more never lowers a p-value or an interval', () =>
  fc.assert(
    fc.property(families, (contrasts) => {
      const joint = simultaneous(contrasts, 0.9)
      const reversed = simultaneous(contrasts.toReversed(), 0.9)
      assert.deepEqual(reversed.toReversed(), joint)
      const fewer = simultaneous(contrasts.slice(1), 0.9)
      fewer.forEach(({ interval, pAdjusted }, k) => {
        const more = joint[k + 1]
        assert.ok(more !== undefined && more.pAdjusted >= pAdjusted)
        assert.ok(more.interval[0] <= interval[0] && more.interval[1] >= interval[1])
      })
    }),
  ))
