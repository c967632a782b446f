import type { TopLevelSpec } from 'vega-lite'
import type { SeedComparison } from '../../compare/compareSeeds.js'
import { barPairs, layerOf, meanBar } from '../charts/marks.js'
import { colours } from '../theme.js'
import { chartRows, rowsHeight, setsOf } from './classChart.js'

/** Mean recall of both detectors with ± one standard deviation over trainings, and a dot for each training, class by class. */
export function recallBySeed(comparison: SeedComparison): TopLevelSpec {
  const classes = setsOf(comparison)
  const sides = classes.flatMap((one, row) => [
    { row, detector: 'baseline', recalls: one.recallsBaseline, rate: one.tprBaseline },
    { row, detector: 'candidate', recalls: one.recallsCandidate, rate: one.tprCandidate },
  ])
  const values = sides.map(({ row, detector, recalls, rate }) => ({
    row,
    detector,
    ...meanBar({ mean: rate.mean, sd: recalls.length === 1 ? 0 : rate.sd }),
  }))
  const dots = sides.flatMap(({ row, detector, recalls }) =>
    Array.from(recalls, (recall) => ({ row, detector, recall })),
  )
  const title = 'recall (TPR): mean ± sd over trainings, and each training'
  const { x, yOffset, bars, lines } = barPairs(['baseline', 'candidate'], { field: 'mean', title, band: 0.86 })
  const look = { type: 'point', filled: true, opacity: 1, size: 26, fill: colours.page, stroke: colours.ink } as const
  return {
    width: 290,
    height: rowsHeight(classes.length),
    data: { values },
    encoding: { y: chartRows(classes), yOffset },
    layer: [bars, lines, layerOf({ ...look, strokeWidth: 1 }, { x: { field: 'recall', ...x } }, dots)],
  }
}
