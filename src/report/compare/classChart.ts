import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import type { CandidateComparison, ComparedClass } from '../../compare/types.js'
import { formatCount } from '../../counted.js'
import { barPairs, bothIntervals, classRows, vegaLiteral, xiDot, xiRows } from '../charts/marks.js'
import { type ShortNames, shortNames } from '../charts/shortNames.js'
import { formatGiven } from '../format.js'

const width = 290
/** From so many classes on rows have room for one line. */
const manyClasses = 13

/** How high the rows of so many classes are. */
export function rowsHeight(n: number): number {
  return n * (n < manyClasses ? 46 : 26)
}

/** The ends of an axis of ξ. */
export type XiDomain = readonly [low: number, high: number]

/** Classes of a comparison; without any, all anomalies as one. */
export function setsOf<T>({ classes, overall }: { readonly classes: readonly T[]; readonly overall: T }): readonly T[] {
  return classes.length > 0 ? classes : [overall]
}

/** Rows by number, since only that tells classes apart for certain. */
export function chartRows(classes: readonly Pick<ComparedClass, 'name' | 'n'>[]) {
  const { names } = classNames(classes)
  const labels = classes.map(({ n }, i) =>
    classes.length < manyClasses ? [at(names, i), `n = ${formatCount(n)}`] : at(names, i),
  )
  return classRows(`${vegaLiteral(labels)}[datum.value]`)
}

/** Names of the rows of these charts. */
export function classNames(classes: readonly Pick<ComparedClass, 'name'>[]): ShortNames {
  return shortNames(
    classes.map(({ name }) => name),
    18,
  )
}

/** Recall of baseline and candidate with exact intervals, class by class. */
export function recallByClass(comparison: CandidateComparison, level: number): TopLevelSpec {
  const classes = setsOf(comparison)
  const values = classes.flatMap((one, row) =>
    (['baseline', 'candidate'] as const).map((detector) => {
      const { rate, interval } = detector === 'baseline' ? one.tprBaseline : one.tprCandidate
      return { row, detector, rate, low: interval[0], high: interval[1] }
    }),
  )
  const { yOffset, bars, lines } = barPairs(['baseline', 'candidate'], {
    field: 'rate',
    title: `recall (TPR), with exact ${formatGiven(level)} interval`,
    band: 0.86,
  })
  return {
    width,
    height: rowsHeight(classes.length),
    data: { values },
    encoding: { y: chartRows(classes), yOffset },
    layer: [bars, lines],
  }
}

/** What is drawn of ξ on a class. */
type DrawnClass = Pick<ComparedClass, 'name' | 'n' | 'xi' | 'interval' | 'simultaneous' | 'direction'>

/** ξ with its own interval (thick) and the simultaneous one (thin), class by class, on an axis that others may share. */
export function biasByClass(
  comparison: { readonly classes: readonly DrawnClass[]; readonly overall: DrawnClass },
  level: number,
  domain: XiDomain,
): TopLevelSpec {
  const classes = setsOf(comparison)
  const values = classes.map((one, row) => ({ row, ...xiDot(one) }))
  return {
    width,
    height: rowsHeight(classes.length),
    data: { values },
    layer: xiRows(chartRows(classes), {
      title: `ξ, with ${formatGiven(level)} intervals`,
      ...{ width, domain },
      intervals: bothIntervals,
    }),
  }
}
