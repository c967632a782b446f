import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import { formatCount } from '../../counted.js'
import type { StudyResult } from '../../study/core/types.js'
import { barPairs, bothIntervals, classRows, meanBar, vegaLiteral, xiDot, xiRows } from '../charts/marks.js'
import { type ShortNames, shortNames } from '../charts/shortNames.js'
import { formatGiven } from '../format.js'
import { isOneRun, titlesOf } from './studyWords.js'

const width = 300
/** From so many classes on rows have room for one line. */
export const manyRows = 13

/** Names of the classes as charts of a study have room for them. */
export function studyNames({ classes }: Pick<StudyResult, 'classes'>): ShortNames {
  return shortNames(
    classes.map(({ name }) => name),
    20,
  )
}

/**
 * Figure 3 of Ye, Chen and Zheng (2021): for each class of anomalies, nearest to the labelled ones first, bars of both
 * detectors' mean TPR, with ± sd over runs where there are several.
 */
export function recallChart(result: StudyResult): TopLevelSpec {
  const { classes, detectors } = result
  const titles = titlesOf(detectors)
  const values = classes.flatMap((one, row) =>
    [one.tprBaseline, one.tprCandidate].map((tpr, i) => ({ row, detector: titles[i], ...meanBar(tpr) })),
  )
  const alone = isOneRun(result)
  const look = { field: 'mean', title: alone ? 'TPR' : 'TPR, mean ± sd over runs', band: 0.86, legendOffset: 8 }
  const { yOffset, bars, lines } = barPairs(titles, look)
  const layer = alone ? [bars] : [bars, lines]
  return { ...size(result), data: { values }, encoding: { y: rows(result), yOffset }, layer }
}

/** ξ with its intervals beside {@link recallChart}, in the same rows. */
export function studyXiChart(result: StudyResult): TopLevelSpec {
  const values = result.classes.map((one, row) => ({ row, ...xiDot(one) }))
  const title = `ξ = difference in TPR, with ${formatGiven(result.level)} intervals`
  const layer = xiRows(rows(result), { title, width, intervals: bothIntervals })
  return { ...size(result), data: { values }, layer }
}

function size({ classes: { length: n } }: StudyResult) {
  return { width, height: n * (n < manyRows ? 52 : 26) }
}

/** Rows by number, since only that tells classes apart for certain. */
function rows(result: StudyResult) {
  const { classes } = result
  const { names } = studyNames(result)
  const labels = classes.map(({ n, l2 }, i) =>
    classes.length < manyRows ? [at(names, i), `distance ${l2.toFixed(2)}, n = ${formatCount(n)}`] : at(names, i),
  )
  return classRows(`${vegaLiteral(labels)}[datum.value]`, { limit: 0 })
}
