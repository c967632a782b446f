import type { TopLevelSpec } from 'vega-lite'
import type { AnomalyMatrix } from '../../study/anomalyMatrix.js'
import { layerOf } from '../charts/marks.js'
import type { Panel } from '../charts/panel.js'
import { formatSigned } from '../format.js'
import { diverging } from '../theme.js'
import { arrows } from '../words.js'

const cellWidth = 104
const cellHeight = 46
const overallWidth = 92

interface Cell {
  readonly labelled: string
  readonly tested: string
  readonly xi: number
  readonly text: string
}

/**
 * ξ of labelled × tested class as a heat map, and its mean over all tested classes beside it. The scale diverges at 0 and
 * reaches 1 on either side, so that charts compare; every cell also has its number, and an arrow where its interval
 * excludes 0.
 */
export function matrixChart({ rows, tested }: AnomalyMatrix): TopLevelSpec {
  const cells = rows.flatMap(({ labelled, classes }) =>
    classes.map(({ name, xi, direction }) => ({
      labelled,
      tested: name,
      xi,
      text: `${formatSigned(xi)}${direction === 'none' ? '' : ` ${arrows[direction]}`}`,
    })),
  )
  const overall = rows.map(({ labelled, overall: { mean } }) => ({
    labelled,
    tested: 'mean',
    xi: mean,
    text: formatSigned(mean),
  }))
  const height = rows.length * cellHeight
  return {
    spacing: 14,
    resolve: { scale: { color: 'independent' } },
    hconcat: [
      { ...panel(cells, true, 'tested class'), width: tested.length * cellWidth, height },
      { ...panel(overall, false, ''), width: overallWidth, height },
    ],
  }
}

function panel(values: readonly Cell[], labels: boolean, title: string): Panel {
  const axis = { domain: false, ticks: false, labelPadding: 8, labelLimit: 240 } as const
  const x = {
    field: 'tested',
    type: 'nominal',
    sort: null,
    scale: { paddingInner: 0.03, paddingOuter: 0 },
    axis: {
      ...axis,
      orient: 'bottom',
      title,
      labelAngle: 0,
      labelExpr: "split(datum.label, ' ')",
      labelLineHeight: 14,
    },
  } as const
  const y = {
    field: 'labelled',
    type: 'nominal',
    sort: null,
    scale: { paddingInner: 0.06, paddingOuter: 0 },
    axis: { ...axis, title: labels ? 'labelled class' : null, labels },
  } as const
  const colour = {
    field: 'xi',
    type: 'quantitative' as const,
    scale: { domain: [-1, 0, 1], range: [...diverging], interpolate: 'rgb' as const, clamp: true },
    legend: labels
      ? { title: 'ξ', orient: 'bottom' as const, gradientLength: 240, format: '+.1f', values: [-1, -0.5, 0, 0.5, 1] }
      : null,
  }
  // The ends of the scale are dark: white reads better there.
  const ink = { condition: { test: 'abs(datum.xi) > 0.7', value: '#fefefe' }, value: '#1b1f25' }
  return {
    data: { values: [...values] },
    encoding: { x, y },
    layer: [
      layerOf({ type: 'rect' }, { color: colour }),
      layerOf({ type: 'text', fontSize: 13 }, { text: { field: 'text' }, color: ink }),
    ],
  }
}
