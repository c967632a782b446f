import type { TopLevelSpec } from 'vega-lite'
import type { Convergence, ConvergenceCell, Distribution } from '../../converge/types.js'
import { layerOf } from '../charts/marks.js'
import type { Panel } from '../charts/panel.js'
import { formatCount, formatShortCount } from '../format.js'
import { colours } from '../theme.js'
import { detectorTitle } from '../words.js'

const panelHeight = 190

/** More boxes than this in a panel are drawn closer, with short labels. */
const mostSpacious = 4

interface Look {
  readonly title: string
  /** Title of the vertical axis; panels after the first go without. */
  readonly axis: string | null
  readonly fill: string
  readonly stroke: string
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
  const row = (
    of: (cell: ConvergenceCell) => Distribution,
    y: 'independent' | 'shared',
    look: (i: number) => Look,
  ) => ({
    resolve: { scale: { y } },
    spacing: 40,
    // Panels stand in line by their frames, whatever their labels reach beyond them.
    bounds: 'flush' as const,
    hconcat: alphas.map((alpha, i) =>
      panel(
        cells.filter((cell) => cell.alpha === alpha).map((cell) => ({ n: cell.n, ...of(cell) })),
        look(i),
      ),
    ),
  })
  return {
    spacing: 26,
    vconcat: [
      row(
        ({ xi }) => xi,
        'independent',
        (i) => ({
          title: `α = ${alphas[i]}`,
          axis: i === 0 ? 'ξ̂' : null,
          fill: colours.baselineSoft,
          stroke: colours.baseline,
          target: truth.xi,
        }),
      ),
      row(
        ({ fprCandidate }) => fprCandidate,
        'shared',
        (i) => ({
          title: '',
          axis: i === 0 ? `FPR of ${detectorTitle(detectors.candidate)}` : null,
          fill: colours.candidateSoft,
          stroke: colours.candidate,
          target: fpr,
        }),
      ),
    ],
  }
}

function panel(boxes: readonly (Distribution & { readonly n: number })[], look: Look): Panel {
  const isDense = boxes.length > mostSpacious
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
    axis: { title: look.axis, tickCount: 5, domain: false, ticks: false },
  } as const
  const line = { stroke: look.stroke, strokeWidth: 1.5 } as const
  const strokeDash = [3, 3]
  const mean = { type: 'point', shape: 'triangle-up', filled: true, fill: colours.ink, opacity: 1 } as const
  return {
    width: isDense ? 30 * boxes.length : 150,
    height: panelHeight,
    data: { values },
    layer: [
      // Not a title, which would stand higher where a label of the axis is at its very top.
      layerOf({ type: 'text', text: look.title, x: 0, y: -16, align: 'left', fontSize: 13, fontWeight: 'bold' }, {}, [
        {},
      ]),
      layerOf({ type: 'rule', ...line }, { x, y: { field: 'low', ...y }, y2: { field: 'high' } }),
      layerOf({ type: 'bar', fill: look.fill, ...line }, { x, y: { field: 'lower', ...y }, y2: { field: 'upper' } }),
      layerOf(
        { type: 'tick', thickness: 2, color: look.stroke, width: { band: 0.9 } },
        { x, y: { field: 'median', ...y } },
      ),
      layerOf({ type: 'rule', stroke: colours.ink, strokeDash }, { y: { datum: look.target, ...y } }),
      layerOf({ ...mean, size: isDense ? 25 : 45 }, { x, y: { field: 'mean', ...y } }),
    ],
  }
}
