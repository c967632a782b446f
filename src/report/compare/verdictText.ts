import type { CandidateComparison, ComparedClass, Comparison } from '../../compare/types.js'
import { formatAbout, formatCount } from '../../counted.js'
import type { Gate, GateAnswer, Verdict } from '../../stats/bias/gate.js'
import { formatGiven, formatInterval } from '../format.js'
import { enumerate, enumerateSome } from '../words.js'

/** Sets of one verdict to name; the others are counted. */
const maxNamed = 6

/** Columns of a table of classes for people at a terminal. */
export const verdictColumns: readonly (readonly [string, 'l' | 'r', (one: Pick<ComparedClass, 'gate'>) => string])[] = [
  ['one-sided limits', 'r', ({ gate }) => (gate === undefined ? '' : formatInterval(gate.limits, 3))],
  ['margin', 'r', ({ gate }) => (gate === undefined ? '' : String(gate.margin))],
  ['verdict', 'l', ({ gate }) => gate?.verdict ?? ''],
]

/** What passes, as an inequality. */
const conditions: Readonly<Record<Gate, string>> = {
  'non-inferiority': 'ξ > −margin',
  equivalence: '−margin < ξ < margin',
  superiority: 'ξ > margin',
}

/** The verdicts of all candidates, and what they are on; no line where none was asked for. */
export function verdictLines(comparison: JudgedComparison): string[] {
  const { candidates, verdict } = comparison
  if (verdict === undefined) return []
  return [
    ...candidates.flatMap((one) => verdictSentences(one).join(' ')),
    ...(candidates.length > 1 ? [`Verdict on all candidates: ${verdict}.`] : []),
    verdictMeaning(comparison),
  ]
}

/** What the verdicts are on. */
export function verdictMeaning({ candidates, level, fprs }: JudgedComparison): string {
  const gate = candidates.flatMap(({ classes, overall }) => [...classes, overall]).find((one) => one.gate)?.gate
  if (gate === undefined) return ''
  const judged = candidates[0]?.classes.filter((one) => one.gate !== undefined).length ?? 0
  const whom = enumerate([
    ...(judged > 1 ? ['classes'] : []),
    ...(candidates.length > 1 ? ['candidates'] : []),
    ...(fprs === undefined ? [] : ['targets']),
  ])
  const together = whom === '' ? '' : ` for all ${whom} at once`
  return (
    `Gate: ${gate.kind}, ${conditions[gate.kind]}. Each one-sided limit holds${together} with ${formatGiven(level)}; ` +
    'pass and fail are where it is beyond the margin.'
  )
}

/** What sentences say of a set of anomalies, and of a candidate. */
type Judged = Pick<ComparedClass, 'name' | 'gate'> & { readonly n?: number | undefined }
interface JudgedCandidate extends Pick<CandidateComparison, 'verdict'> {
  readonly candidate: { readonly name: string }
  readonly classes: readonly Judged[]
  readonly overall: Judged
}

interface JudgedComparison extends Pick<Comparison, 'level' | 'fprs' | 'verdict'> {
  readonly candidates: readonly JudgedCandidate[]
}

/** The verdict on one candidate and what made it, in sentences; none where none was asked for. */
export function verdictSentences({ candidate, classes, overall, verdict }: JudgedCandidate): string[] {
  if (verdict === undefined) return []
  const judged = classes.filter(({ gate }) => gate !== undefined)
  const sets = judged.length === 0 ? [overall] : judged
  const among = (wanted: Verdict) => sets.filter(({ gate }) => gate?.verdict === wanted)
  const headline = `Verdict on ${candidate.name}: ${verdict}.`
  const unjudged = judged.length === 0 ? [] : classes.filter(({ gate }) => gate === undefined)
  const left = unjudged.length === 0 ? [] : [`Not judged, having no margin: ${some(unjudged)}.`]
  if (sets.length === 1 && verdict !== 'undecided') return [headline, ...left]
  const [failed, open] = [among('fail'), among('undecided')]
  return [
    headline,
    ...(failed.length === 0 ? [] : [`Fail: ${some(failed)}.`]),
    ...(open.length === 0 ? [] : [`Undecided: ${some(open, (one) => `${one.name} (${missing(one)})`)}.`]),
    ...left,
  ]
}

/** `has 40, about 120 would decide` */
function missing({ n, gate }: Judged): string {
  return `${n === undefined ? '' : `has ${formatCount(n)}, `}${enoughWords(gate)}`
}

/** What would decide. */
export function enoughWords(gate: GateAnswer | undefined): string {
  const enough = gate?.enough
  return enough === undefined || enough === Number.POSITIVE_INFINITY
    ? 'more of them alone would not decide'
    : `about ${formatAbout(enough)} would decide`
}

function some(sets: readonly Judged[], text: (one: Judged) => string = ({ name }) => name): string {
  return enumerateSome(sets.map(text), maxNamed)
}
