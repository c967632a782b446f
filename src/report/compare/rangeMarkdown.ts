import type { RangeCandidate, RangeClass, RangeComparison } from '../../compare/compareRange.js'
import { formatCount } from '../../counted.js'
import { formatGiven, formatInterval, formatRate, formatSigned } from '../format.js'
import { arrows } from '../words.js'
import { gateColumns, literal, markdownTable, prose } from './compareMarkdown.js'
import { rangeMeaning, shownRangeSets } from './rangeText.js'
import { verdictLines, verdictSentences } from './verdictText.js'

/** A comparison over a range in Markdown, as `compareMarkdown` gives one at a target. */
export function rangeMarkdown(comparison: RangeComparison): string {
  const { baseline, candidates, level, nNormal, nAnomalous, verdict, warnings } = comparison
  const lines = candidates.flatMap((one) => [
    `### ${literal(one.candidate.name)} against ${literal(baseline.name)}`,
    '',
    ...(one.verdict === undefined ? [] : [`**${prose(verdictSentences(one).join(' '))}**`, '']),
    ...table(one, comparison),
    '',
  ])
  const about =
    `${rangeMeaning(comparison)} ${formatCount(nAnomalous)} anomalous and ${formatCount(nNormal)} normal samples; simultaneous ` +
    `${formatGiven(level)} intervals.`
  return `${[
    ...lines,
    prose(about),
    ...(verdict === undefined ? [] : verdictLines(comparison).slice(candidates.length).map(prose)),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((warning) => `- Warning: ${prose(warning)}.`)]),
  ].join('\n')}\n`
}

function table(compared: RangeCandidate, { baseline, verdict }: RangeComparison): string[] {
  const { candidate, overall, classes } = compared
  return markdownTable<RangeClass>(
    [
      ['anomalies', '---', (one) => (one === overall && classes.length > 0 ? one.name : literal(one.name))],
      ['n', '--:', ({ n }) => formatCount(n)],
      [`mean recall of ${literal(baseline.name)}`, '--:', ({ tprBaseline }) => formatRate(tprBaseline, 3)],
      [`of ${literal(candidate.name)}`, '--:', ({ tprCandidate }) => formatRate(tprCandidate, 3)],
      ['ξ', '--:', ({ xi }) => formatSigned(xi, 3)],
      ['interval', '--:', ({ simultaneous }) => formatInterval(simultaneous, 3)],
      ['', '---', ({ direction }) => arrows[direction]],
      ...(verdict === undefined ? [] : gateColumns),
    ],
    shownRangeSets(compared),
  )
}
