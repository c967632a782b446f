import {
  type CandidateComparison,
  type ComparedClass,
  type Comparison,
  shownSets,
  type TargetsComparison,
} from '../../compare/types.js'
import { formatCount } from '../../counted.js'
import { printable } from '../../printable.js'
import { formatGiven, formatInterval, formatRate, formatSigned } from '../format.js'
import { arrows } from '../words.js'
import { mixSentences } from './useText.js'
import { verdictLines, verdictSentences } from './verdictText.js'

type Column<T> = readonly [title: string, align: '---' | '--:', cell: (one: T) => string]

/**
 * A comparison in Markdown, as a pull request or a job summary shows it: verdict, and a table for each candidate. Names stand as
 * code, with marks of theirs as character references, so that none acts: no markup, no link, no mention.
 */
export function compareMarkdown(comparison: Comparison): string {
  const { baseline, candidates, fpr, level, nNormal, nAnomalous, verdict, warnings } = comparison
  const lines = candidates.flatMap((one) => [
    `### ${literal(one.candidate.name)} against ${literal(baseline.name)}`,
    '',
    ...(one.verdict === undefined ? [] : [`**${prose(verdictSentences(one).join(' '))}**`, '']),
    ...table(one, comparison),
    '',
    ...mixSentences(one).flatMap((sentence) => [prose(sentence), '']),
  ])
  const about =
    `Recall at a false-positive rate of ${formatGiven(fpr)}, ${formatCount(nAnomalous)} anomalous and ${formatCount(nNormal)} normal ` +
    `samples; ξ is the recall of the candidate less that of the baseline, with simultaneous ${formatGiven(level)} intervals.`
  return `${[
    ...lines,
    about,
    ...(verdict === undefined ? [] : verdictLines(comparison).slice(candidates.length).map(prose)),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((warning) => `- Warning: ${prose(warning)}.`)]),
  ].join('\n')}\n`
}

/** Comparisons at several targets, one after the other. */
export function compareTargetsMarkdown({ targets, verdict }: TargetsComparison): string {
  const all = targets.map(compareMarkdown).join('\n')
  return verdict === undefined || targets.length === 1 ? all : `**Verdict at all targets: ${verdict}**\n\n${all}`
}

function table(compared: CandidateComparison, { baseline, verdict }: Comparison): string[] {
  const { candidate, overall, classes } = compared
  const columns: Column<ComparedClass>[] = [
    ['anomalies', '---', (one) => (one === overall && classes.length > 0 ? one.name : literal(one.name))],
    ['n', '--:', ({ n }) => formatCount(n)],
    [`recall of ${literal(baseline.name)}`, '--:', ({ tprBaseline }) => formatRate(tprBaseline.rate, 3)],
    [`of ${literal(candidate.name)}`, '--:', ({ tprCandidate }) => formatRate(tprCandidate.rate, 3)],
    ['ξ', '--:', ({ xi }) => formatSigned(xi, 3)],
    ['interval', '--:', ({ simultaneous }) => formatInterval(simultaneous, 3)],
    ['', '---', ({ direction }) => arrows[direction]],
    ...(verdict === undefined ? [] : gateColumns),
  ]
  return markdownTable(columns, shownSets(compared))
}

/** A table of things in Markdown, with a column each for its title, how it stands, and what it says of a thing. */
export function markdownTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(([title]) => title)),
    line(columns.map(([, align]) => align)),
    ...rows.map((one) => line(columns.map(([, , cell]) => cell(one)))),
  ]
}

/** Of a verdict. */
export const gateColumns: readonly Column<Pick<ComparedClass, 'gate'>>[] = [
  ['margin', '--:', ({ gate }) => (gate === undefined ? '' : String(gate.margin))],
  ['one-sided limits', '--:', ({ gate }) => (gate === undefined ? '' : formatInterval(gate.limits, 3))],
  ['verdict', '---', ({ gate }) => (gate === undefined ? '' : gate.verdict === 'fail' ? '**fail**' : gate.verdict)],
]

/** A name as it is: code, in which nothing is a mention. */
export function literal(name: string): string {
  return `<code>${plain(name)}</code>`
}

/** A text of which nothing is markup: marks that could be stand as character references. */
function plain(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>#+|~&!@$^=/]|[.:](?=\S)/g, (mark) => `&#${mark.charCodeAt(0)};`)
}

/** The same where it is not code: what would mention somebody or something is parted from its mark. */
export function prose(text: string): string {
  return plain(text).replace(/&#(?:64|35);/g, (mark) => `${mark}&#8288;`)
}
