import type { TopLevelSpec } from 'vega-lite'
import type { Convergence, ConvergenceCell, Distribution } from '../../converge/types.js'
import { detectorTitle } from '../../detectors/detectors.js'
import { layerOf } from '../charts/marks.js'
import type { Panel } from '../charts/panel.js'
import { formatCount, formatShortCount } from '../format.js'
import { colours, type Role } from '../theme.js'

const panelHeight = 190

/** More boxes than this in a panel are drawn closer, with short labels. */
const mostSpacious = 4

interface Look {
  readonly title: string
  /** Title of the vertical axis; panels after the first go without. */
  readonly axis: string | null
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
  const row = (
    of: (cell: ConvergenceCell) => Distribution,
    y: 'independent' | 'shared',
    { title, axis, ...look }: Omit<Look, 'title'> & { readonly title: (alpha: number) => string },
  ) => ({
    resolve: { scale: { y } },
    spacing: 40,
    // Panels stand in line by their frames, whatever their labels reach beyond them.
    bounds: 'flush' as const,
    hconcat: alphas.map((alpha, i) => {
      const boxes = cells.filter((cell) => cell.alpha === alpha).map((cell) => ({ n: cell.n, ...of(cell) }))
      return panel(boxes, { title: title(alpha), axis: i === 0 ? axis : null, ...look })
    }),
  })
  const fprAxis = `FPR of ${detectorTitle(detectors.candidate)}`
  return {
    spacing: 26,
    vconcat: [
      row(({ xi }) => xi, 'independent', {
        title: (alpha) => `α = ${alpha}`,
        axis: 'ξ̂',
        role: 'baseline',
        target: truth.xi,
      }),
      row(({ fprCandidate }) => fprCandidate, 'shared', {
        title: () => '',
        axis: fprAxis,
        role: 'candidate',
        target: fpr,
      }),
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
  const line = { stroke: colours[look.role], strokeWidth: 1.5 } as const
  const strokeDash = [3, 3]
  const title = { type: 'text', x: 0, y: -16, align: 'left', fontSize: 13, fontWeight: 'bold' } as const
  const mean = { type: 'point', shape: 'triangle-up', filled: true, fill: colours.ink, opacity: 1 } as const
  return {
    width: isDense ? 30 * boxes.length : 150,
    height: panelHeight,
    data: { values },
    layer: [
      // Not a title, which would stand higher where a label of the axis is at its very top.
      layerOf({ ...title, text: look.title }, {}, [{}]),
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
