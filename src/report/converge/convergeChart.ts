import type { TopLevelSpec } from 'vega-lite'
import type { Convergence, ConvergenceCell, Distribution } from '../../converge/types.js'
import { formatCount } from '../../counted.js'
import { detectorTitle } from '../../detectors/detectors.js'
import { complement } from '../../elementary.js'
import { layerOf, type Panel, plainLabels } from '../charts/marks.js'
import { formatGiven, formatShortCount } from '../format.js'
import { colours, type Role } from '../theme.js'

interface Look {
  readonly titleOf: (alpha: number) => string
  /** Title of the vertical axis of the first panel. */
  readonly axis: string
  readonly role: Role
  /** Where the dashed line is. */
  readonly target: number
}

/**
 * Figure 2 of Ye, Chen and Zheng (2021): a panel for each α with a box for each n, of ξ̂ above and of the candidate's FPR
 * below. Boxes span the quartiles with a line at the median and whiskers to the furthest run within 1.5 times their length;
 * triangles are means. Dashed: ξ, and the target FPR.
 */
export function convergeChart(result: Convergence): TopLevelSpec {
  const { alphas, cells, truth, fpr, detectors } = result
  const row = (of: (cell: ConvergenceCell) => Distribution, look: Look) => ({
    // Panels of a row are compared.
    resolve: { scale: { y: 'shared' as const } },
    spacing: 40,
    // Panels stand in line by their frames, whatever their labels reach beyond them.
    bounds: 'flush' as const,
    hconcat: alphas.map((alpha, i) => {
      const boxes = cells.filter((cell) => cell.alpha === alpha).map((cell) => ({ n: cell.n, ...of(cell) }))
      return panel(boxes, look.titleOf(alpha), i === 0 ? look.axis : null, look)
    }),
  })
  const axis = `FPR of ${detectorTitle(detectors.candidate)}`
  return {
    spacing: 26,
    vconcat: [
      row(({ xi }) => xi, { titleOf: alphaTitle, axis: 'ξ̂', role: 'baseline', target: truth.xi }),
      row(({ fprCandidate: rate }) => rate, { titleOf: () => '', axis, role: 'candidate', target: fpr }),
    ],
  }
}

function alphaTitle(alpha: number): string {
  return `α = ${alpha}`
}

type Boxes = readonly (Distribution & { readonly n: number })[]

function panel(boxes: Boxes, title: string, yTitle: string | null, look: Pick<Look, 'role' | 'target'>): Panel {
  // More boxes are drawn closer, with short labels.
  const isDense = boxes.length > 4
  const values = boxes.map(({ n, mean, quantiles: [, lower, median, upper], whiskers: [low, high] }) => ({
    ...{ n: isDense ? formatShortCount(n) : formatCount(n), mean, lower, median, upper, low, high },
  }))
  const x = {
    field: 'n',
    type: 'nominal',
    sort: null,
    scale: { paddingInner: 0.4, paddingOuter: 0.3 },
    axis: { title: 'n', labelAngle: 0, domain: false, ticks: false },
  } as const
  const y = {
    type: 'quantitative',
    scale: { zero: false, nice: true },
    axis: { title: yTitle, tickCount: 5, domain: false, ticks: false },
  } as const
  const line = { stroke: colours[look.role], strokeWidth: 1.5 } as const
  const strokeDash = [3, 3]
  const heading = { type: 'text', x: 0, y: -16, align: 'left', fontSize: 13, fontWeight: 'bold' } as const
  const mean = { type: 'point', shape: 'triangle-up', filled: true, fill: colours.ink, opacity: 1 } as const
  return {
    width: isDense ? 30 * boxes.length : 150,
    height: 190,
    data: { values },
    layer: [
      // Not a title, which would stand higher where a label of the axis is at its very top.
      layerOf({ ...heading, text: title }, {}, [{}]),
      layerOf({ type: 'rule', ...line }, { x, y: { field: 'low', ...y }, y2: { field: 'high' } }),
      layerOf(
        { type: 'bar', fill: colours[`${look.role}Soft`], ...line },
        { x, y: { field: 'lower', ...y }, y2: { field: 'upper' } },
      ),
      layerOf(
        { type: 'tick', thickness: 2, color: colours[look.role], width: { band: 0.9 } },
        { x, y: { field: 'median', ...y } },
      ),
      layerOf({ type: 'rule', stroke: colours.ink, strokeDash }, { y: { datum: look.target, ...y } }),
      layerOf({ ...mean, size: isDense ? 25 : 45 }, { x, y: { field: 'mean', ...y } }),
    ],
  }
}

/**
 * How the error falls with n, on logarithmic axes, a panel for each α: the sd of ξ̂ as observed (dots) and as expected (line), the quantile of
 * |ξ̂ − ξ| at 1 − δ (diamonds), and ε of Theorem 3 in two versions.
 */
export function rateChart({ alphas, cells, delta, sizes }: Convergence): TopLevelSpec {
  const within = formatGiven(complement(delta))
  const names = ['sd of ξ̂', `|ξ̂ − ξ| in ${within} of runs`, 'ε sharp', 'ε published'] as const
  const domain = [...names]
  const range = [colours.ink, colours.candidate, colours.baseline, colours.normal]
  const readings = cells.flatMap(({ alpha, n, ...cell }) => [
    { alpha, n, name: names[0], theory: cell.expected.xiSd ?? null, observed: cell.xi.sd },
    { alpha, n, name: names[1], theory: null, observed: cell.error.quantile },
    ...cell.bounds.map(({ version, epsilon }) => ({ alpha, n, name: `ε ${version}`, theory: epsilon, observed: null })),
  ])
  const legend = { title: null, orient: 'top', labelLimit: 0 } as const
  const color = { field: 'name', scale: { domain, range }, legend }
  const decades = [0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000]
  const values = [...sizes]
  const x = {
    field: 'n',
    type: 'quantitative',
    scale: { type: 'log', nice: false, padding: 8 },
    axis: { title: 'n', values, format: ',', grid: false, domain: false, labelOverlap: true },
  } as const
  const panel = (alpha: number, i: number): Panel => ({
    title: alphaTitle(alpha),
    width: 150,
    height: 230,
    data: { values: readings.filter((one) => one.alpha === alpha) },
    layer: (
      [
        ['theory', { type: 'line', strokeWidth: 1.75 }],
        ['observed', { type: 'point', filled: true, opacity: 1, size: 50 }],
      ] as const
    ).map(([field, mark]) => {
      const axis = {
        title: i === 0 ? 'error of ξ̂' : null,
        values: decades,
        labelExpr: plainLabels,
        domain: false,
        ticks: false,
      }
      const y = { field, type: 'quantitative', scale: { type: 'log', nice: true }, axis } as const
      // An sd of 0, where all runs agree, has no place on a logarithmic axis.
      return { mark, transform: [{ filter: `datum.${field} > 0` }], encoding: { x, y, color } }
    }),
  })
  return { spacing: 18, resolve: { scale: { y: 'shared' } }, hconcat: alphas.map(panel) }
}
