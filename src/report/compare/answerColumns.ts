import type { ComparedClass } from '../../compare/types.js'

type Answer = Pick<ComparedClass, 'xi' | 'interval' | 'pValue' | 'simultaneous' | 'pAdjusted' | 'direction' | 'gate'>

/** A column of CSV: its name, and how its value is read. */
export type Column<T> = readonly [name: string, read: (one: T) => unknown]

/** What is said of ξ, however it was found. */
export const answerColumns: readonly Column<Omit<Answer, 'gate'>>[] = [
  ['xi', ({ xi }) => xi],
  ['low', ({ interval }) => interval[0]],
  ['high', ({ interval }) => interval[1]],
  ['p', ({ pValue }) => pValue],
  ['simultaneous_low', ({ simultaneous }) => simultaneous[0]],
  ['simultaneous_high', ({ simultaneous }) => simultaneous[1]],
  ['p_adjusted', ({ pAdjusted }) => pAdjusted],
  ['direction', ({ direction }) => direction],
]

/** Of a verdict. */
export const gateColumns: readonly Column<Pick<Answer, 'gate'>>[] = [
  ['margin', ({ gate }) => gate?.margin ?? ''],
  ['lower_limit', ({ gate }) => gate?.limits[0] ?? ''],
  ['upper_limit', ({ gate }) => gate?.limits[1] ?? ''],
  ['verdict', ({ gate }) => gate?.verdict ?? ''],
]
