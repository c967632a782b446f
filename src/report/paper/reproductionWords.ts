import { counted, formatCount } from '../../counted.js'
import { publishedUse } from '../../data/datasets.js'
import { detectorTitle } from '../../detectors/detectors.js'
import { publishedSettings } from '../../detectors/settings.js'
import { allowedErrors, type ComparedArrow } from '../../paper/compareWithPrinted.js'
import type {
  ConvergenceReproduction,
  DetectorsReproduction,
  FailedReproduction,
  RecallPanel,
  RecallReproduction,
  RepeatedScenario,
  ReproducedCell,
  Reproduction,
  ReproductionSummary,
} from '../../paper/types.js'
import {
  formatDuration,
  formatGiven,
  formatSeconds,
  formatSetting,
  formatSigned,
  formatWholePercent,
} from '../format.js'
import { arrows, enumerate, epochsWords } from '../words.js'

/** `Table 4`, `Figure 12` */
export function itemLabel(item: string): string {
  return item.replace(/^(table|figure)/, (kind) => (kind === 'table' ? 'Table ' : 'Figure '))
}

/**
 * `simulated`, of a figure with several panels `c and d simulated`; empty where nothing stands in for measurements of the
 * paper's: synthetic data are its own.
 */
export function simulatedWords(result: Reproduction | FailedReproduction): string {
  if (
    result.kind === 'failure' ||
    !result.simulated ||
    ('dataset' in result && publishedUse(result.dataset)?.simulated)
  )
    return ''
  const panels = result.kind === 'recall' ? result.panels : []
  if (panels.every(({ simulated }) => simulated)) return 'simulated'
  return `${enumerate(panels.flatMap(({ label, simulated }) => (simulated ? [label] : [])))} simulated`
}

/** The result in a sentence or two. */
export function reproductionAnswer(result: Reproduction): string {
  switch (result.kind) {
    case 'detectors':
      return detectorsAnswer(result.cells)
    case 'table':
      return reproductionSummary(result)
    case 'recall':
      return reproductionSummary({ summary: totalOf(result.panels) })
    case 'density': {
      const flagged = result.panels.map(
        (one) => `${detectorTitle(one.detector)} flags ${formatWholePercent(one.observedTpr)}`,
      )
      return `At a false-positive rate of 5 %, ${flagged.join(' and ')} of ${result.anomaly} samples.`
    }
    case 'convergence':
      return convergenceAnswer(result)
  }
}

/** `54 of 60 cells within three standard errors; …`: the result of a table in one line. */
export function reproductionSummary({ summary }: { readonly summary: ReproductionSummary }): string {
  const { cells, within, arrows: nArrows, agree, contradicted } = summary
  return (
    `${within} of ${cells} cells within ${allowedErrors} standard errors; of ${nArrows} arrows ${agree} as printed, ` +
    `${contradicted} contradicted, ${nArrows - agree - contradicted} where one side has none.`
  )
}

function totalOf(panels: readonly RecallPanel[]): ReproductionSummary {
  const total = { cells: 0, within: 0, arrows: 0, agree: 0, contradicted: 0 }
  for (const { summary } of panels)
    for (const of of Object.keys(total) as (keyof typeof total)[]) total[of] += summary[of]
  return total
}

function detectorsAnswer(cells: DetectorsReproduction['cells']): string {
  const n = cells.reduce((total, { ours }) => total + ours.length, 0)
  const others = cells.filter(({ agrees }) => !agrees).length
  return `${n} detectors; ${others === 0 ? 'every cell is as printed.' : `${others} of ${cells.length} cells are not as printed.`}`
}

function convergenceAnswer({ cells, rates, truth, fpr }: ConvergenceReproduction): string {
  const means = cells.map(({ fprCandidate }) => fprCandidate.mean)
  const [low, high] = [Math.min(...means), Math.max(...means)].map((mean) => mean.toFixed(4))
  const slopes = rates.flatMap(({ xi }) => (xi === undefined ? [] : [xi.slope]))
  const fall =
    slopes.length === 0
      ? ''
      : `; sd of ξ̂ over n falls with slope ${[...new Set([Math.min(...slopes), Math.max(...slopes)].map((slope) => formatSigned(slope)))].join(' to ')}`
  return `ξ = ${formatSigned(truth.xi)}; mean FPR ${low} to ${high} over n and α (target ${formatGiven(fpr)})${fall}.`
}

/** What was done of the paper's work: `10 runs, 200 epochs without pretraining`. */
export function sizeWords({ runs, ...work }: RepeatedScenario): string {
  return `${counted(runs, 'run')}, ${trainingWords(work)}`
}

/** `200 epochs without pretraining, 25 % of the samples`, with the learning rate where it is not the default. */
export function trainingWords(
  work: Pick<RepeatedScenario, 'epochs' | 'pretrainEpochs' | 'learningRate' | 'share'>,
): string {
  const { epochs, pretrainEpochs, learningRate, share } = work
  const rate = learningRate === publishedSettings.learningRate ? '' : `, learning rate ${formatSetting(learningRate)}`
  const part = share === 1 ? '' : `, ${formatGiven(share)} of the samples`
  return `${epochsWords({ epochs, pretrainEpochs })}${rate}${part}`
}

/** What was done for a result, and how long it took. */
export function workWords(result: Reproduction): string {
  const seconds = result.elapsedSeconds
  const took = `took ${seconds < 99.5 ? formatSeconds(seconds) : formatDuration(seconds)}`
  switch (result.kind) {
    case 'detectors':
      return 'read from the detectors that this version has'
    case 'table':
      return `${sizeWords(result)} (paper: ${result.paperRuns} runs); ${took}`
    case 'recall':
      return `${byPanel(result.panels, (panel) => [sizeWords(panel)])
        .map(([labels, words]) => `${words} in panels ${labels}`)
        .join('; ')}; ${took}`
    case 'density':
      return `1 run, ${trainingWords(result)}; ${took}`
    case 'convergence':
      return (
        `${formatCount(result.runs)} runs of each n and α (paper: ${formatCount(result.paperRuns)}), ` +
        `${trainingWords({ ...result.training, share: result.share })}; ${took}`
      )
  }
}

/** What panels say, each text once with the labels of those that say it: `['a and b', text]`. */
function byPanel(
  panels: readonly RecallPanel[],
  texts: (panel: RecallPanel) => readonly string[],
): (readonly [labels: string, text: string])[] {
  const each = panels.map((panel) => ({ label: panel.label, own: texts(panel) }))
  return [...new Set(each.flatMap(({ own }) => own))].map((text) => {
    const saying = each.filter(({ own }) => own.includes(text))
    return [enumerate(saying.map(({ label }) => label)), text]
  })
}

/** What a reader has to know before comparing, a sentence each. */
export function notesOf(result: Reproduction): string[] {
  const notes = result.notes.map(sentence)
  switch (result.kind) {
    case 'table':
      return [...notes, ...normalDistances(result)]
    case 'recall':
      return [...notes, ...panelNotes(result)]
    default:
      return notes
  }
}

/** The notes of panels, each once. */
export function panelNotes({ panels }: RecallReproduction): string[] {
  return byPanel(panels, ({ notes }) => notes).map(([labels, note]) => `Panels ${labels}: ${note}.`)
}

/** A note or a phrase with a capital and a full stop. */
export function sentence(phrase: string): string {
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`
}

/** Our arrow, in brackets where the simultaneous interval of ξ includes 0. */
export function ownArrow({ arrow }: ReproducedCell): string {
  if (arrow === undefined) return ''
  return arrow.direction === 'none' && arrow.ours !== null ? `(${arrowOf(arrow.ours)})` : arrowOf(arrow.ours)
}

/** `·` where there is none. */
export function arrowOf(arrow: ComparedArrow['ours']): string {
  return arrows[arrow ?? 'none']
}

/** `≠` for a figure beyond the errors allowed, `!` for an arrow contradicted. */
export function marks({ within, arrow }: ReproducedCell): string {
  return `${within ? '' : '≠'}${arrow?.agreement === 'contradicts' ? '!' : ''}`
}

/** A sentence for each labelled class: how far the normal class is from it. */
export function normalDistances({ scenario, l2Normal }: RepeatedScenario): string[] {
  return l2Normal.map(
    ({ labelled, ours, paper }) =>
      `Distance between ${scenario.normal} and ${labelled}: ${ours.toFixed(2)}, paper ${paper.toFixed(2)}.`,
  )
}
