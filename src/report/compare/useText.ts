import type { Alerts } from '../../compare/alerts.js'
import type { CandidateComparison, Comparison } from '../../compare/types.js'
import { formatCount } from '../../counted.js'
import type { MixedBias, MixedRate } from '../../stats/bias/mix.js'
import { formatGiven, formatInterval, formatP, formatRate, formatSigned } from '../format.js'
import { columnTable } from '../textTable.js'
import { arrows, enumerate } from '../words.js'

interface MixedCandidate extends Pick<CandidateComparison, 'mix'> {
  readonly candidate: { readonly name: string }
}

/** ξ on the mix that was asked about, without the full stop of a sentence; nothing where none was. */
export function mixClaims({ candidate, mix }: MixedCandidate): string[] {
  if (mix === undefined) return []
  const answer = `${formatSigned(mix.xi, 3)} ${formatInterval(mix.simultaneous, 3)}, p ${formatP(mix.pAdjusted)}`
  return [`On a ${mixName(mix)}, ξ of ${candidate.name} is ${answer}`]
}

/** The same in a sentence for people at a terminal, who see no table of it. */
export function mixSentences(candidate: MixedCandidate): string[] {
  const { mix } = candidate
  if (mix === undefined) return []
  const drawn = `${arrows[mix.direction]} (${formatCount(mix.resamples)} draws, seed ${mix.seed}).`
  return mixClaims(candidate).map((claim) => `${claim} ${drawn}`)
}

/** `mix of 70 % crack and 30 % dent` */
export function mixName({ mix }: Pick<MixedBias, 'mix'>): string {
  return `mix of ${enumerate(Object.entries(mix).map(([name, share]) => `${formatGiven(share)} ${name}`))}`
}

/** What the alerts are of. */
export function alertsSentence({ prevalence, perDay }: Alerts, { fpr }: Pick<Comparison, 'fpr'>): string {
  const daily = perDay === undefined ? '' : ` of ${formatCount(perDay)} samples a day`
  return (
    `Where ${formatGiven(prevalence)}${daily} are anomalies and ${formatGiven(fpr)} of the others are flagged. Intervals follow ` +
    'from those of the recall.'
  )
}

/** Precision and alerts a day for people at a terminal; nothing where no prevalence was given. */
export function alertsLines(comparison: Comparison): string[] {
  const { alerts } = comparison
  if (alerts === undefined) return []
  const rate = ({ rate: value, interval }: MixedRate, digits: number) =>
    `${formatRate(value, digits)} [${interval.map((one) => formatRate(one, digits)).join(', ')}]`
  const daily = ({ rate: value, interval }: MixedRate) =>
    `${formatCount(Math.round(value))} [${interval.map((one) => formatCount(Math.round(one))).join(', ')}]`
  return [
    columnTable<Alerts['detectors'][number]>(
      [
        ['detector', 'l', ({ name }) => name],
        ['recall', 'r', ({ recall }) => rate(recall, 3)],
        ['precision', 'r', ({ precision }) => rate(precision, 4)],
        ...(alerts.perDay === undefined
          ? []
          : [
              ['alerts a day', 'r', ({ alertsPerDay: n }: Alerts['detectors'][number]) => (n ? daily(n) : '')] as const,
            ]),
      ],
      alerts.detectors,
    ),
    alertsSentence(alerts, comparison),
  ]
}
