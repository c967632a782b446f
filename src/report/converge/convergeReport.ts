import { list, type OptionChecks, requireOptions, text } from '../../check.js'
import type { Convergence } from '../../converge/types.js'
import { formatCount } from '../../counted.js'
import { detectorTitle } from '../../detectors/detectors.js'
import { renderSvg, renderSvgFile } from '../charts/renderSvg.js'
import { formatRate, formatSeconds, formatSetting } from '../format.js'
import { type Html, html } from '../html.js'
import {
  chartFigure,
  factList,
  footerPart,
  page,
  type ReportOptions,
  repeatPart,
  reportChecks,
  textRows,
  warningParts,
} from '../page.js'
import { requireAnswer } from '../requireAnswer.js'
import { type SampleFacts, sampleFacts } from '../study/studyFacts.js'
import { comparedTitle } from '../study/studyWords.js'
import { deviceWords, epochsWords, paperWords, versionWords, whereItPretrains } from '../words.js'
import { convergeChart, rateChart } from './convergeChart.js'
import {
  boundsOutcome,
  cellRows,
  cellTitles,
  convergeClasses,
  convergeHeadline,
  convergeLegend,
  rateRows,
  ratesLegend,
  rateTitles,
} from './convergeText.js'

export interface ConvergeReportOptions extends ReportOptions {
  /** Default: the detectors and the data set. */
  readonly title?: string | undefined
  /** What a reader has to know before anything else, a sentence each. */
  readonly notes?: readonly string[] | undefined
}

const convergeReportChecks: OptionChecks<ConvergeReportOptions> = { ...reportChecks, title: text, notes: list(text) }

/** The boxes of a convergence study as one `<svg>` element. About a second, most of it loading the chart library on first use. */
export async function convergeSvg(result: Convergence): Promise<string> {
  requireAnswer('convergeSvg', result, 'converge')
  return renderSvgFile(convergeChart(result), `Convergence of ξ̂: ${comparedTitle(result)}`)
}

/**
 * A convergence study as one self-contained HTML page without script: boxes (Figure 2 of Ye, Chen and Zheng 2021), the fall of
 * the error beside Theorem 3, tables, and how it was computed. It follows the reader's light or dark mode.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function convergeReport(result: Convergence, options?: ConvergeReportOptions): Promise<string> {
  const given = requireOptions('convergeReport', options, convergeReportChecks)
  requireAnswer('convergeReport', result, 'converge')
  const { command, title = `Convergence of ξ̂: ${comparedTitle(result)}`, notes = [] } = given
  const candidate = detectorTitle(result.detectors.candidate)
  const boxes = chartFigure(await convergeSvg(result), {
    label:
      'Boxes of ξ̂ and of the candidate’s false-positive rate for each n and α; the numbers are those of the table below.',
    title: 'Figure 1',
    caption: html`Quartiles and median of ξ̂ (top) and of ${candidate}’s false-positive rate (bottom), whiskers
to the furthest run within 1.5 interquartile ranges; triangles are means. Dashed: ξ, and the target. All panels of a row have one scale.`,
  })
  const rates = chartFigure(await renderSvg(rateChart(result)), {
    label:
      'The error of ξ̂ over n on logarithmic axes with the bounds of Theorem 3; the numbers are those of the table above.',
    title: 'Figure 2',
    caption: html`Dots are observed, lines come from theory alone${hasZero(result) ? '; an error of 0 has no place on a logarithmic axis' : ''}. ${boundsOutcome(result)}`,
  })
  const main = html`<header>
<h1>${title}</h1>
<p class="lede">${convergeHeadline(result)}</p>
<p>${convergeClasses(result)}</p>
${notes.map((note) => html`<p>${note}</p>`)}
</header>
${warningParts(result.warnings)}
<section>
<h2>Distributions over runs</h2>
${boxes}
${textRows('ξ̂ by number of samples', cellTitles, cellRows(result))}
<p class="note">${convergeLegend(result)}</p>
</section>
<section>
<h2>How fast, and what was guaranteed</h2>
${rates}
${textRows('rates at which the error falls', rateTitles('Rate of ξ̂', 'Of FPR', result), rateRows(result))}
<p class="note">${ratesLegend}</p>
</section>
<section>
<h2>How this was computed</h2>
${facts(result)}
${repeatPart(command)}
<p class="note">Method: ${paperWords}, Section 4.2.</p>
</section>
${footerPart(result)}`
  return page(title, main)
}

function hasZero({ cells }: Convergence): boolean {
  return cells.some(({ xi, error }) => xi.sd === 0 || error.quantile === 0)
}

/** The samples as studies tell of them: those that are drawn have no data of their own. */
function samplesOf(result: Convergence): SampleFacts {
  const { sha256, nSamples, share, dataSeed, oneHot, impute, dataset, simulated, standardisedOver } = result
  const said = { dataset, simulated, standardisedOver }
  if (sha256 === undefined || nSamples === undefined) return said
  const prepared = { ...(oneHot && { oneHot }), ...(impute && { impute }) }
  return { ...said, data: { sha256, nSamples, ...(share < 1 && { share }), dataSeed, ...prepared } }
}

function facts(result: Convergence): Html {
  const { training, truth } = result
  const { rates } = truth
  return factList([
    [
      'Training',
      `${training.network} on ${formatCount(training.nNormal)} normal samples${training.nHeldOut === undefined ? '' : ` (${formatCount(training.nHeldOut)} more were held out for the validation loss)`} and ${formatCount(training.nAnomalous)} labelled anomalies, ${epochsWords(training, whereItPretrains)}, ` +
        `learning rate ${formatSetting(training.learningRate)}, ${training.decoder} output in the autoencoder`,
    ],
    ...sampleFacts(samplesOf(result), training.nHeldOut),
    [
      'ξ and the rates',
      `from ${formatCount(truth.nNormal)} normal and ${formatCount(truth.nAnomalous)} anomalous scores: recalls ${formatRate(rates.tprBaseline, 4)} and ` +
        `${formatRate(rates.tprCandidate, 4)}, slopes of the ROC curves ${rates.slopeBaseline.toFixed(2)} and ${rates.slopeCandidate.toFixed(2)}`,
    ],
    [
      'Runs',
      `${formatCount(result.runs)} of each n and α draw ${formatCount(result.nScored)} samples from seed ${result.seed}` +
        `${result.nTest === undefined ? '' : `; the test set has ${formatCount(result.nTest)} normals`}`,
    ],
    [
      'Computed on',
      `${deviceWords(result)}, ${result.workers} workers: ${formatSeconds(training.seconds)} of training, ` +
        `${formatSeconds(result.samplingSeconds)} of runs`,
    ],
    ['Versions', versionWords(result)],
  ])
}
