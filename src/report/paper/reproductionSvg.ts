import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type {
  DensityPanel,
  DensityReproduction,
  RecallPanel,
  RecallReproduction,
  Reproduction,
} from '../../paper/types.js'
import { barPairs, classRows, dashedLine, layerOf, lineLabels, meanBar, type Panel } from '../charts/marks.js'
import { renderSvgFile } from '../charts/renderSvg.js'
import { densityArea, scoreX, withinAxis } from '../charts/scoreMarks.js'
import { convergeSvg } from '../converge/convergeReport.js'
import { formatWholePercent } from '../format.js'
import { requireAnswer } from '../requireAnswer.js'
import { type DetectorScores, detectorScores } from '../scores/detectorScores.js'
import { titlesOf } from '../study/studyWords.js'
import { colours, type Role } from '../theme.js'
import { itemLabel } from './reproductionWords.js'

/** A repeated figure as one `<svg>` element; nothing for a table. About a second, most of it loading the chart library on first use. */
export async function reproductionSvg(result: Reproduction): Promise<string | undefined> {
  requireAnswer('reproductionSvg', result, 'reproduce')
  switch (result.kind) {
    case 'detectors':
    case 'table':
      return undefined
    case 'recall':
      return renderSvgFile(scenariosChart(result), titleOf(result))
    case 'density':
      return renderSvgFile(scorePairChart(result), titleOf(result))
    case 'convergence':
      return convergeSvg(result)
  }
}

function titleOf({ item, title }: Reproduction): string {
  return `${itemLabel(item)}: ${title}`
}

/**
 * Figures 1 and 4–8 of Ye, Chen and Zheng (2021): densities of the scores of normal samples and of labelled anomalies, for the
 * semi-supervised detector (left) and the supervised one (right), with the threshold.
 */
function scorePairChart(result: DensityReproduction): TopLevelSpec {
  const [left, right] = result.panels
  return { spacing: 34, hconcat: [scorePanel(left, result, 'baseline'), scorePanel(right, result, 'candidate')] }
}

function scorePanel(scores: DensityPanel, names: DensityReproduction, role: Role): Panel {
  const { axis, normal, anomalous } = densityCurves(scores)
  const x = scoreX(normal.scores, axis)
  const place = withinAxis(axis, scores.threshold)
  const text = { field: 'text' }
  const share = (y: number, name: string, above: number, fill: string) =>
    layerOf({ type: 'text', align: 'left', x: 0, fill, fontWeight: 'bold' }, { y: { value: y }, text }, [
      { text: `${name}: ${formatWholePercent(above)} above the threshold` },
    ])
  return {
    title: { text: detectorTitle(scores.detector), offset: 10 },
    width: 380,
    height: 200,
    layer: [
      densityArea(x, normal, colours.normalSoft, colours.normal),
      densityArea(x, anomalous, colours[`${role}Soft`], colours[role]),
      dashedLine(x, place),
      layerOf({ type: 'text', align: 'center', fill: colours.muted }, { x, y: { value: -9 }, text }, [
        { score: place, text: 'threshold' },
      ]),
      share(-42, names.normal, scores.observedFpr, colours.normal),
      share(-25, names.anomaly, scores.observedTpr, colours[role]),
    ],
  }
}

/**
 * Figure 3 of Ye, Chen and Zheng (2021): a panel for each scenario with a pair of bars for each class of anomalies, the one
 * nearest to the labelled class first. Lines are ± one standard deviation over runs, diamonds the printed means.
 */
function scenariosChart({ panels, detectors }: RecallReproduction): TopLevelSpec {
  const titles = titlesOf(detectors)
  const rows = Array.from({ length: Math.ceil(panels.length / 2) }, (_, i) => panels.slice(2 * i, 2 * i + 2))
  return {
    spacing: 44,
    // Between the frames of two panels is room for the labels of the right one.
    vconcat: rows.map((row) => ({
      spacing: 150,
      bounds: 'flush',
      hconcat: row.map((one) => recallPanel(one, titles)),
    })),
  }
}

function recallPanel({ label, scenario, simulated, rows }: RecallPanel, titles: readonly string[]): Panel {
  const values = rows.flatMap(({ class: name, l2, cells }) =>
    cells.map(({ ours, paper }, i) => ({
      row: `${name}\ndistance ${at(l2, 0).ours.toFixed(2)}`,
      detector: titles[i],
      ...meanBar(ours),
      printed: paper.mean,
    })),
  )
  const look = { field: 'mean', title: 'TPR at FPR 5 %', band: 0.88, legendOffset: 6 }
  const { x, yOffset, bars, lines } = barPairs(titles, look)
  const printed = 'printed mean'
  const legend = { title: null, orient: 'top', offset: 6 } as const
  const shape = { datum: printed, scale: { domain: [printed], range: ['diamond'] }, legend }
  const diamond = { type: 'point', filled: true, fill: colours.page, stroke: colours.ink, strokeWidth: 1.25 } as const
  return {
    title: {
      text: `(${label}) ${scenario.dataset}${simulated ? ' (simulated)' : ''}, scenario ${scenario.scenario}`,
      subtitle: `normal class ${scenario.normal}, labelled anomalies ${scenario.anomaly}`,
      subtitleColor: colours.muted,
    },
    width: 270,
    height: rows.length * 38,
    data: { values },
    encoding: { y: classRows(lineLabels, { padding: 0.13, lineHeight: 14 }), yOffset },
    layer: [bars, lines, layerOf({ ...diamond, opacity: 1, size: 46 }, { x: { field: 'printed', ...x }, shape })],
  }
}

/** The curves of a panel of Figures 1 and 4–8: densities relative to the higher peak of the two, on one axis. */
export function densityCurves({ normal, anomalous, threshold }: DensityPanel): DetectorScores {
  return detectorScores({ normal: normal.toSorted(), anomalous: anomalous.toSorted() }, threshold)
}
