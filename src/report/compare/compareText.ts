import Table from 'cli-table3'
import {
  type CandidateComparison,
  type ComparedClass,
  type ComparedDetector,
  type Comparison,
  type Rate,
  shownSets,
} from '../../compare/types.js'
import { arrows, formatPercent } from '../format.js'
import { formatSigned } from './livePage.js'

/** A comparison for people at a terminal: a table for each candidate, thresholds, how it was computed, and warnings. */
export function compareText(comparison: Comparison): string {
  const { source, fpr, level, baseline, candidates, nNormal, nAnomalous, warnings } = comparison
  const counted = (n: number) => n.toLocaleString('en')
  return [
    ...candidates.flatMap((one) => [
      `${one.candidate.name} against ${baseline.name} on ${source}: ${counted(nAnomalous)} anomalous samples, thresholds ` +
        `from ${counted(nNormal)} normal ones`,
      table(one, comparison),
    ]),
    `ξ = TPR ${candidates.length === 1 ? candidates[0]?.candidate.name : 'candidate'} − TPR ${baseline.name} at FPR ` +
      `${formatPercent(fpr)}; ${family(comparison)}`,
    detectorTable([baseline, ...candidates.map(({ candidate }) => candidate)], level),
    ...certified(comparison),
    howComputed(comparison),
    ...warnings.map((warning) => `Warning: ${warning}.`),
  ].join('\n')
}

const tableStyle = { head: [], border: [], compact: true }

function table(compared: CandidateComparison, { baseline, level }: Comparison): string {
  const { candidate, classes, overall } = compared
  const several = classes.length > 0
  const rows = new Table({
    head: [
      'anomalies',
      'n',
      `TPR ${baseline.name}`,
      `TPR ${candidate.name}`,
      'ξ',
      `${formatPercent(level)} interval`,
      'simultaneous',
      'adjusted p',
      '',
    ],
    colAligns: ['left', ...Array.from({ length: 7 }, () => 'right' as const), 'center'],
    style: tableStyle,
  })
  for (const one of shownSets(compared)) rows.push(row(one, several && one === overall))
  return rows.toString()
}

/** All anomalies stand apart from the classes' family. */
function row(one: ComparedClass, apart: boolean): string[] {
  const { name, n, tprBaseline, tprCandidate, xi, interval, simultaneous, pAdjusted, direction } = one
  return [
    apart ? `(${name})` : name,
    String(n),
    tprBaseline.rate.toFixed(3),
    tprCandidate.rate.toFixed(3),
    formatSigned(xi),
    formatInterval(interval),
    formatInterval(simultaneous),
    formatP(pAdjusted),
    arrows[direction],
  ]
}

function detectorTable(detectors: readonly ComparedDetector[], level: number): string {
  const tested = detectors.some(({ testFpr }) => testFpr !== undefined)
  const rows = new Table({
    head: ['detector', 'threshold', 'FPR validation', ...(tested ? ['FPR test'] : [])],
    colAligns: ['left', 'right', 'right', 'right'],
    style: tableStyle,
  })
  for (const { name, threshold, validationFpr: fpr, testFpr } of detectors) {
    rows.push([
      name,
      String(Number(threshold.toPrecision(6))),
      formatRate(fpr),
      ...(testFpr ? [formatRate(testFpr)] : []),
    ])
  }
  return `${rows.toString()}\nA sample is flagged when its score is above the threshold; FPR with exact ${formatPercent(level)} intervals.`
}

/** What the arrows hold for. */
function family({ candidates, level, multiplicity }: Comparison): string {
  const nClasses = candidates[0]?.classes.length ?? 0
  const [many, classes] = [candidates.length > 1, nClasses > 1]
  if (!many && !classes) return '↑ ↓ where the interval excludes 0.'
  const whom = [...(classes ? ['classes'] : []), ...(many ? ['candidates'] : [])].join(' and ')
  const how = multiplicity === 'bonferroni' ? ' (Bonferroni over candidates)' : ''
  return `simultaneous intervals hold for all ${whom} at once${how} with ${formatPercent(level)}; ↑ ↓ where they exclude 0.`
}

function certified({ thresholdRule: threshold, delta, fpr }: Comparison): string[] {
  if (threshold !== 'certified' || delta === undefined) return []
  return [
    `Thresholds are certified: each detector's true FPR exceeds ${formatPercent(fpr)} with probability ` +
      `${formatPercent(delta)} at most.`,
  ]
}

function howComputed({
  thresholdRule: threshold,
  intervalMethod: interval,
  resamples,
  engine,
  seed,
}: Comparison): string {
  return `Intervals: ${interval}, ${drawsText(resamples, engine)}, seed ${seed}; thresholds: ${threshold}.`
}

/** `10,000 resamples by the tree engine` */
export function drawsText(resamples: number, engine: Comparison['engine']): string {
  const drawn = resamples.toLocaleString('en')
  return engine === 'confidence' ? `${drawn} draws` : `${drawn} resamples by the ${engine} engine`
}

/** `[+0.591, +0.710]` */
function formatInterval([low, high]: readonly [number, number]): string {
  return `[${formatSigned(low)}, ${formatSigned(high)}]`
}

/** `0.0510 [0.0401, 0.0642]` */
function formatRate({ rate, interval }: Rate): string {
  return `${rate.toFixed(4)} [${interval.map((limit) => limit.toFixed(4)).join(', ')}]`
}

/** `0.0312`, `<0.0001` */
function formatP(p: number): string {
  return p < 1e-4 ? '<0.0001' : p.toFixed(4)
}
