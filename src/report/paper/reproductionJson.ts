import type { DensityPanel, DensityReproduction, Reproduction } from '../../paper/types.js'
import { requireAnswer } from '../requireAnswer.js'
import { type WithSchema, withSchema } from '../schemaNames.js'
import { densityCurves } from './reproductionSvg.js'

/** A panel of densities as data: the curves that are drawn, in place of the scores of single samples. */
export type DensityPanelJson = Omit<DensityPanel, 'normal' | 'anomalous'> & {
  readonly scale: 'log' | 'linear'
  readonly scores: readonly number[]
  /** Densities at `scores` on the scale, relative to the higher peak of the two. */
  readonly normal: readonly number[]
  readonly anomalous: readonly number[]
}

/** What `scoring-bias reproduce ITEM --json` prints. */
export type ReproductionJson = WithSchema &
  (
    | Exclude<Reproduction, DensityReproduction>
    | (Omit<DensityReproduction, 'panels'> & { readonly panels: readonly DensityPanelJson[] })
  )

/** A repeated table or figure as plain data for `JSON.stringify`. */
export function reproductionJson(result: Reproduction): ReproductionJson {
  requireAnswer('reproductionJson', result, 'reproduce')
  return withSchema('reproduce', result.kind === 'density' ? { ...result, panels: result.panels.map(plain) } : result)
}

function plain(panel: DensityPanel): DensityPanelJson {
  const { axis, normal, anomalous } = densityCurves(panel)
  const digits = (values: Float64Array) => Array.from(values, (value) => Number(value.toPrecision(6)))
  return {
    ...panel,
    scale: axis.scale,
    scores: digits(normal.scores),
    normal: digits(normal.density),
    anomalous: digits(anomalous.density),
  }
}
