import type { RangeClass, RangeComparison } from '../../compare/compareRange.js'
import type { Verdict } from '../../stats/bias/gate.js'
import { requireAnswer } from '../requireAnswer.js'
import { type WithSchema, withSchema } from '../schemaNames.js'
import type { GateJson } from './compareJson.js'
import { finite } from './compareJson.js'

/** ξ on one class in `compare --json` over a range. */
export interface RangeClassJson extends Omit<RangeClass, 'enough' | 'gate'> {
  /** null where no number of samples would be enough. */
  readonly enough?: number | null | undefined
  readonly gate?: GateJson | undefined
}

/** What `scoring-bias compare --json` prints over a range of targets. */
export interface RangeJson extends WithSchema, Omit<RangeComparison, 'candidates'> {
  readonly candidates: readonly {
    readonly candidate: { readonly name: string }
    readonly classes: readonly RangeClassJson[]
    readonly overall: RangeClassJson
    readonly verdict?: Verdict | undefined
  }[]
}

/** A comparison over a range as plain data for `JSON.stringify`. */
export function rangeJson(comparison: RangeComparison): RangeJson {
  requireAnswer('rangeJson', comparison, 'compareRange')
  const { candidates, ...rest } = comparison
  return withSchema('compare-range', {
    ...rest,
    candidates: candidates.map(({ classes, overall, ...one }) => ({
      ...one,
      classes: classes.map(classJson),
      overall: classJson(overall),
    })),
  })
}

function classJson({ enough, gate, ...one }: RangeClass): RangeClassJson {
  return {
    ...one,
    enough: finite(enough),
    ...(gate === undefined ? {} : { gate: { ...gate, enough: finite(gate.enough) } }),
  }
}
