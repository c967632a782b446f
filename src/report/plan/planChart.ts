import type { TopLevelSpec } from 'vega-lite'
import type { Plan } from '../../theory/planSamples.js'
import { layerOf } from '../charts/marks.js'
import { colours } from '../theme.js'

const nPoints = 120

/**
 * The pairs of sample sizes that reach a plan's goal as a curve, n₁ = V₁/(σ² − V₀/n₀) on logarithmic axes, with the asymptotes
 * that neither class can go below, the planned pair, and what the versions of Theorem 3 need.
 */
export function planChart({ perAnomaly, perNormal, targetStandardError, samples, theorem }: Plan): TopLevelSpec {
  const variance = targetStandardError ** 2
  const floors = { normals: perNormal / variance, anomalies: perAnomaly / variance }
  const planned = { normals: samples.nNormal, anomalies: samples.nAnomalous, name: 'plan' }
  const versions = theorem.flatMap(({ version, needs }) =>
    needs === undefined ? [] : [{ normals: needs.nNormal, anomalies: needs.nAnomalous, name: version }],
  )
  // Shares of the variance between 1/200 and 199/200, evenly on the logit scale.
  const curve = Array.from({ length: nPoints }, (_, i) => {
    const odds = 199 ** ((2 * i) / (nPoints - 1) - 1)
    return {
      normals: Math.max(1, floors.normals * (1 + odds)),
      anomalies: Math.max(1, floors.anomalies * (1 + 1 / odds)),
    }
  })
  const axis = (title: string) =>
    ({ title, format: '~s', domain: false, ticks: false, tickCount: 5, labelOverlap: true }) as const
  const scale = { type: 'log', nice: true } as const
  const x = { field: 'normals', type: 'quantitative', scale, axis: axis('normal samples') } as const
  const y = { field: 'anomalies', type: 'quantitative', scale, axis: axis('anomalous samples') } as const
  const label = layerOf({ type: 'text', align: 'left', dx: 9, dy: -9 }, { x, y, text: { field: 'name' } })
  const point = (fill: string) => layerOf({ type: 'point', filled: true, fill, opacity: 1, size: 70 }, { x, y })
  return {
    width: 560,
    height: 360,
    layer: [
      layerOf({ type: 'line', stroke: colours.candidate, strokeWidth: 2 }, { x, y }, curve),
      { data: { values: versions }, layer: [point(colours.normal), label] },
      { data: { values: [planned] }, layer: [point(colours.ink), label] },
    ],
  }
}
