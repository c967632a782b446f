import { at, invariant } from '../../check.js'
import type { CandidateComparison, Comparison } from '../../compare/types.js'
import { formatCount } from '../../counted.js'
import { heatTable } from '../charts/heatTable.js'
import { shortNames } from '../charts/shortNames.js'
import { formatGiven } from '../format.js'
import { type Html, html } from '../html.js'
import { enumerate } from '../words.js'
import { commonOrder } from './sortedClasses.js'

/** Names in a sentence, at most. */
const maxNamed = 3

/** The verdict where there is one, and how many candidates gain, lose, do both or show no difference, with their names. */
export function overviewHeadline(comparison: Comparison): string {
  const { candidates, baseline, fpr } = comparison
  const kinds = namesBy(candidates, kindOf)
  const whole = at(candidates, 0).classes.length === 0
  const some = whole ? 'anomalies' : 'some class'
  const counts = counted(kinds, candidates.length, [
    ['up', `more of ${some}`, detects],
    ['up down', 'more of some class and less of another', detects],
    ['down', `less of ${some}`, detects],
    // All anomalies together may show one where no class does.
    ['', whole ? 'no difference' : 'no difference on any class', (n) => (n === 1 ? 'shows' : 'show')],
  ])
  const of = `Of ${formatCount(candidates.length)} candidates at a false-positive rate of ${formatGiven(fpr)}, compared with ${baseline.name},`
  return [...overviewVerdict(comparison), `${of} ${counts}.`].join(' ')
}

/** The verdict on all candidates, and on how many of them which was given. */
function overviewVerdict({ candidates, verdict }: Comparison): string[] {
  if (verdict === undefined) return []
  const counts = counted(
    namesBy(candidates, (one) => one.verdict),
    candidates.length,
    [
      ['fail', '', (n) => (n === 1 ? 'fails' : 'fail')],
      ['undecided', 'undecided', are],
      ['pass', '', (n) => (n === 1 ? 'passes' : 'pass')],
    ],
  )
  return [`Verdict on all candidates: ${verdict}; ${counts}.`]
}

const detects = (n: number) => (n === 1 ? 'detects' : 'detect')
const are = (n: number) => (n === 1 ? 'is' : 'are')

/** `3 pass (a, b and c) and 9 are undecided (d, e, f and 6 others)`, `all 12 pass` */
function counted<Key>(
  names: ReadonlyMap<Key, readonly string[]>,
  total: number,
  kinds: readonly (readonly [key: Key, what: string, verb: (n: number) => string])[],
): string {
  const parts = kinds.flatMap(([key, what, verb]) => {
    const own = names.get(key)
    if (own === undefined) return []
    const n = own.length
    const said = `${formatCount(n)} ${verb(n)} ${what}`.trim()
    return [n === total ? `all ${said}` : `${said} (${few(own)})`]
  })
  return enumerate(parts)
}

function namesBy<Key>(
  candidates: readonly CandidateComparison[],
  keyOf: (one: CandidateComparison) => Key,
): Map<Key, string[]> {
  const short = shortNames(
    candidates.map(({ candidate }) => candidate.name),
    24,
  )
  const found = new Map<Key, string[]>()
  candidates.forEach((one, k) => {
    const key = keyOf(one)
    found.set(key, [...(found.get(key) ?? []), at(short.names, k)])
  })
  return found
}

function kindOf({ classes, overall }: CandidateComparison): string {
  const directions = new Set((classes.length === 0 ? [overall] : classes).map(({ direction }) => direction))
  return (['up', 'down'] as const).filter((direction) => directions.has(direction)).join(' ')
}

function few(names: readonly string[]): string {
  const rest = names.length - maxNamed
  return rest <= 1 ? enumerate(names) : enumerate([...names.slice(0, maxNamed), `${formatCount(rest)} others`])
}

/** ξ of every candidate on every class in one picture. */
export function overviewPart(comparison: Comparison): Html {
  const { baseline, candidates, level, fprs, fpr } = comparison
  const classes = commonOrder(comparison).map((name) => ({
    name,
    cells: candidates.map((one) => {
      const found = one.classes.find((own) => own.name === name)
      invariant(found !== undefined, 'candidates share their classes')
      return found
    }),
  }))
  // A single class is all anomalies.
  const all = { name: 'all anomalies', cells: candidates.map(({ overall }) => overall), last: true }
  const target = fprs === undefined ? '' : ` at a target of ${formatGiven(fpr)}`
  return html`${heatTable(classes.length === 1 ? classes : [...classes, all], {
    label: `ξ of ${formatCount(candidates.length)} candidates against ${baseline.name}${target}`,
    corner: 'Anomalies',
    columns: candidates.map(({ candidate }) => candidate.name),
  })}
<p class="note">ξ of each candidate (column) on each class (row)${target}; classes by their mean ξ. Blue: the candidate finds more, brown: less.
↑ or ↓: the simultaneous ${formatGiven(level)} interval excludes 0; the counts above are of these.</p>`
}

/** The warnings of all targets: those that not every target has say which. */
export function targetWarnings(targets: readonly Comparison[]): string[] {
  const fprs = new Map<string, number[]>()
  for (const { fpr, warnings } of targets) {
    for (const one of new Set(warnings)) fprs.set(one, [...(fprs.get(one) ?? []), fpr])
  }
  return Array.from(fprs, ([warning, at]) =>
    at.length === targets.length ? warning : `at a target of ${enumerate(at.map(formatGiven))}: ${warning}`,
  )
}

/** Warnings that differ in the name of a candidate alone as one, with the other names after it. */
export function mergedWarnings({ candidates, warnings }: Pick<Comparison, 'candidates' | 'warnings'>): string[] {
  const merged = new Map<string, { readonly first: string; readonly others: string[] }>()
  for (const warning of warnings) {
    const name = candidates.map(({ candidate }) => candidate.name).find((one) => warning.includes(`'${one}'`))
    const key = name === undefined ? warning : warning.replaceAll(`'${name}'`, "''")
    const found = merged.get(key)
    if (found === undefined) merged.set(key, { first: warning, others: [] })
    else if (name !== undefined && !found.first.includes(`'${name}'`) && !found.others.includes(`'${name}'`)) {
      found.others.push(`'${name}'`)
    }
  }
  return Array.from(merged.values(), ({ first, others }) =>
    others.length === 0 ? first : `${first.replace(/\.?$/, '.')} The same of ${enumerate(others)}`,
  )
}
