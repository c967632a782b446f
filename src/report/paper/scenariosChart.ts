import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type { RecallPanel, RecallReproduction } from '../../paper/types.js'
import { barPairs, layerOf } from '../charts/marks.js'
import type { Panel } from '../charts/panel.js'
import { colours } from '../theme.js'

const width = 270
const rowHeight = 38
/** Between the frames of two panels: room for the labels of the right one. */
const labelWidth = 150

/**
 * Figure 3 of Ye, Chen and Zheng (2021): a panel for each scenario with a pair of bars for each class of anomalies, the one
 * nearest to the labelled class first. Lines are ± one standard deviation over runs, diamonds the printed means.
 */
export function scenariosChart({ panels, detectors }: RecallReproduction): TopLevelSpec {
  const titles = [detectorTitle(detectors.baseline), detectorTitle(detectors.candidate)]
  const rows = Array.from({ length: Math.ceil(panels.length / 2) }, (_, i) => panels.slice(2 * i, 2 * i + 2))
  return {
    spacing: 44,
    vconcat: rows.map((row) => ({
      spacing: labelWidth,
      bounds: 'flush' as const,
      hconcat: row.map((one) => panel(one, titles)),
    })),
  }
}

const printedName = 'printed mean'

function panel({ label, scenario, simulated, rows }: RecallPanel, titles: readonly string[]): Panel {
  const values = rows.flatMap(({ class: name, l2, cells }) =>
    cells.map(({ ours, paper }, i) => ({
      row: `${name}\ndistance ${at(l2, 0).ours.toFixed(2)}`,
      detector: titles[i],
      mean: ours.mean,
      low: Math.max(0, ours.mean - ours.sd),
      high: Math.min(1, ours.mean + ours.sd),
      printed: paper.mean,
    })),
  )
  const { x, yOffset, bars, lines } = barPairs(titles, {
    field: 'mean',
    title: 'TPR at FPR 5 %',
    band: 0.88,
    legendOffset: 6,
  })
  const scale = { domain: [printedName], range: ['diamond'] }
  const legend = { title: null, orient: 'top', offset: 6 } as const
  return {
    title: {
      text: `(${label}) ${scenario.dataset}${simulated ? ' (simulated)' : ''}, scenario ${scenario.scenario}`,
      subtitle: `normal class ${scenario.normal}, labelled anomalies ${scenario.anomaly}`,
      subtitleColor: colours.muted,
    },
    width,
    height: rows.length * rowHeight,
    data: { values },
    encoding: { y: rowsY, yOffset },
    layer: [
      bars,
      lines,
      layerOf(
        {
          type: 'point',
          filled: true,
          fill: colours.page,
          stroke: colours.ink,
          strokeWidth: 1.25,
          opacity: 1,
          size: 46,
        },
        { x: { field: 'printed', ...x }, shape: { datum: printedName, scale, legend } },
      ),
    ],
  }
}

const rowsY = {
  field: 'row',
  type: 'nominal',
  sort: null,
  scale: { paddingInner: 0.26, paddingOuter: 0.13 },
  axis: {
    title: null,
    labelExpr: "split(datum.label, '\\n')",
    labelLineHeight: 14,
    labelPadding: 10,
    labelLimit: 130,
    domain: false,
    ticks: false,
  },
} as const
