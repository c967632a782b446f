import { at } from '../../check.js'
import type { CandidateComparison, Comparison } from '../../compare/types.js'

/** The comparison with the classes of each candidate by their ξ, the largest first; equal ones stay as they were. */
export function sortedClasses(comparison: Comparison): Comparison {
  return { ...comparison, candidates: comparison.candidates.map(sortedCandidate) }
}

function sortedCandidate(compared: CandidateComparison): CandidateComparison {
  const { classes, law } = compared
  const order = classes.map((_, i) => i).sort((a, b) => at(classes, b).xi - at(classes, a).xi)
  const sorted = { ...compared, classes: order.map((i) => at(classes, i)) }
  if (law === undefined) return sorted
  // Behind the laws of the classes may stand that of all anomalies.
  return { ...sorted, law: { ...law, sets: [...order.map((i) => at(law.sets, i)), ...law.sets.slice(classes.length)] } }
}

/** The names of the classes by their mean ξ over candidates, the largest first: one order for all. */
export function commonOrder({ candidates }: Pick<Comparison, 'candidates'>): string[] {
  const sums = new Map<string, number>()
  for (const { classes } of candidates) for (const { name, xi } of classes) sums.set(name, (sums.get(name) ?? 0) + xi)
  return Array.from(sums)
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name)
}
