import type { Reproduction } from '../../paper/types.js'
import { renderSvg } from '../charts/renderSvg.js'
import { convergeSvg } from '../converge/convergeReport.js'
import { scenariosChart } from './scenariosChart.js'
import { scorePairChart } from './scorePairChart.js'

/**
 * A repeated figure as one `<svg>` element; nothing for a table. About a second, most of it loading the chart library on
 * first use.
 */
export async function reproductionSvg(result: Reproduction): Promise<string | undefined> {
  switch (result.kind) {
    case 'detectors':
    case 'table':
      return undefined
    case 'recall':
      return renderSvg(scenariosChart(result))
    case 'density':
      return renderSvg(scorePairChart(result))
    case 'convergence':
      return convergeSvg(result)
  }
}
