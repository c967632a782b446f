import type { TopLevelSpec } from 'vega-lite'
import type { Convergence, ConvergenceCell } from '../../converge/types.js'
import type { Panel } from '../charts/panel.js'
import { formatPercent } from '../format.js'
import { colours } from '../theme.js'

/** Where the vertical axis has its lines. */
const decades = [0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000]

/**
 * How the error falls with n, on logarithmic axes, a panel for each α: the sd of ξ̂ as observed (dots) and as expected (line), the quantile of
 * |ξ̂ − ξ| at 1 − δ (diamonds), and ε of Theorem 3 in two versions.
 */
export function rateChart({ alphas, cells, delta, sizes }: Convergence): TopLevelSpec {
  const within = formatPercent(1 - delta)
  const names = ['sd of ξ̂', `|ξ̂ − ξ| in ${within} of runs`, 'ε sharp', 'ε published'] as const
  const domain = [...names]
  const range = [colours.ink, colours.candidate, colours.baseline, colours.normal]
  const readings = cells.flatMap((cell) => [
    reading(cell, names[0], cell.expected.xiSd, cell.xi.sd),
    reading(cell, names[1], undefined, cell.error.quantile),
    ...cell.bounds.map(({ version, epsilon }) => reading(cell, `ε ${version}`, epsilon, undefined)),
  ])
  const colour = {
    field: 'name',
    scale: { domain, range },
    legend: { title: null, orient: 'top', labelLimit: 0 },
  } as const
  const values = [...sizes]
  const x = {
    field: 'n',
    type: 'quantitative',
    scale: { type: 'log', nice: false, padding: 8 },
    axis: { title: 'n', values, format: ',', grid: false, domain: false, labelOverlap: true },
  } as const
  const panel = (alpha: number, i: number): Panel => ({
    title: `α = ${alpha}`,
    width: 150,
    height: 230,
    data: { values: readings.filter((one) => one.alpha === alpha) },
    layer: (['theory', 'observed'] as const).map((field) => ({
      mark:
        field === 'theory'
          ? ({ type: 'line', strokeWidth: 1.75 } as const)
          : ({ type: 'point', filled: true, opacity: 1, size: 50 } as const),
      // An sd of 0, where all runs agree, has no place on a logarithmic axis.
      transform: [{ filter: `datum.${field} > 0` }],
      encoding: {
        x,
        y: {
          field,
          type: 'quantitative',
          scale: { type: 'log', nice: true },
          axis: {
            title: i === 0 ? 'error of ξ̂' : null,
            values: decades,
            format: '~g',
            domain: false,
            ticks: false,
          },
        },
        color: colour,
      },
    })),
  })
  return { spacing: 18, resolve: { scale: { y: 'shared' } }, hconcat: alphas.map(panel) }
}

function reading(
  { alpha, n }: ConvergenceCell,
  name: string,
  theory: number | undefined,
  observed: number | undefined,
): { alpha: number; n: number; name: string; theory: number | null; observed: number | null } {
  return { alpha, n, name, theory: theory ?? null, observed: observed ?? null }
}
