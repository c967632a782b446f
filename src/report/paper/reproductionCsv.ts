import { at } from '../../check.js'
import type { Distribution } from '../../converge/types.js'
import type { ConvergenceReproduction, DensityReproduction, RepeatedScenario, Reproduction } from '../../paper/types.js'
import { csvText } from '../csvField.js'
import { requireAnswer } from '../requireAnswer.js'
import { densityCurves } from './reproductionSvg.js'

/**
 * What a repeated table or figure shows as CSV with a header: of tables and Figure 3 a line for each cell, of densities
 * one for each point of a curve, of ξ̂ and FPR by sample size one for each n and α.
 */
export function reproductionCsv(result: Reproduction): string {
  requireAnswer('reproductionCsv', result, 'reproduce')
  const [head, lines] = linesOf(result)
  return `${head}\n${csvText(lines)}\n`
}

type Line = readonly (string | number | boolean)[]

function linesOf(result: Reproduction): readonly [head: string, lines: readonly Line[]] {
  switch (result.kind) {
    case 'detectors':
      return [
        'item,type,supervised,ours,paper,agrees',
        result.cells.map(({ distance, supervised, ours, paper, agrees }) => [
          ...[result.item, distance, supervised],
          ...[ours.map(({ title }) => title).join('; '), paper.join('; '), agrees],
        ]),
      ]
    case 'table':
      return [`item,${cellFields}`, cellLines(result).map((line) => [result.item, ...line])]
    case 'recall':
      return [
        `item,panel,table,${cellFields}`,
        result.panels.flatMap((panel) =>
          cellLines(panel).map((line) => [result.item, panel.label, panel.table, ...line]),
        ),
      ]
    case 'density':
      return ['item,detector,threshold,sample,score,density', curveLines(result)]
    case 'convergence':
      return convergenceLines(result)
  }
}

const cellFields =
  'class,n,labelled,l2,paper_l2,detector,runs,mean,sd,paper_mean,paper_sd,standard_error,errors,within,xi,xi_low,xi_high,simultaneous_low,simultaneous_high,arrow,paper_arrow,agreement'

function cellLines({ rows }: RepeatedScenario): Line[] {
  return rows.flatMap(({ class: name, n, l2, cells }) =>
    cells.map(({ detector, runs, ours, paper, standardError, errors, within, arrow }) => [
      ...[name, n],
      ...(['labelled', 'ours', 'paper'] as const).map((field) => l2.map((one) => one[field]).join(';')),
      ...[detector, runs, ours.mean, ours.sd, paper.mean, paper.sd, standardError, errors, within],
      ...(arrow === undefined
        ? Array(8).fill('')
        : [
            arrow.xi,
            ...arrow.interval,
            ...arrow.simultaneous,
            arrow.ours ?? 'none',
            arrow.paper ?? 'none',
            arrow.agreement,
          ]),
    ]),
  )
}

function curveLines({ item, panels, normal, anomaly }: DensityReproduction): Line[] {
  return panels.flatMap((panel) => {
    const curves = densityCurves(panel)
    return ([normal, anomaly] as const).flatMap((sample, i) => {
      const { scores, density } = i === 0 ? curves.normal : curves.anomalous
      return Array.from(scores, (score, k) => [item, panel.detector, panel.threshold, sample, score, at(density, k)])
    })
  })
}

function convergenceLines({ item, cells }: ConvergenceReproduction): readonly [string, Line[]] {
  const fields = ['mean', 'sd', 'min', 'max', 'q025', 'q25', 'q50', 'q75', 'q975', 'whisker_low', 'whisker_high']
  const of = ({ mean, sd, min, max, ...more }: Distribution) => [
    mean,
    sd,
    min,
    max,
    ...more.quantiles,
    ...more.whiskers,
  ]
  const head = ['xi', 'fpr_baseline', 'fpr_candidate'].flatMap((name) => fields.map((field) => `${name}_${field}`))
  return [
    `item,n,alpha,n_anomalous,${head.join(',')}`,
    cells.map(({ n, alpha, nAnomalous, xi, fprBaseline, fprCandidate }) => [
      ...[item, n, alpha, nAnomalous],
      ...[xi, fprBaseline, fprCandidate].flatMap(of),
    ]),
  ]
}
