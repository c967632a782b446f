import type { Comparison } from '../../compare/types.js'
import { enumerate } from '../words.js'

/** What makes a family: its simultaneous intervals hold, and its adjusted p-values allow, for all of them at once. */
interface Asked extends Pick<Comparison, 'fprs'> {
  readonly candidates: readonly { readonly classes: readonly unknown[] }[]
}

/** `classes, candidates and targets`: the family of the classes; nothing where each is on its own. */
export function familyOfClasses(asked: Asked): string {
  return enumerate([
    ...(asked.candidates.some(({ classes }) => classes.length > 1) ? ['classes'] : []),
    ...others(asked),
  ])
}

/** `candidates and targets`: the family of the row of all anomalies, and of that of a mix; nothing where it stands alone. */
export function familyOfAll(asked: Asked): string {
  return enumerate(others(asked))
}

function others({ candidates, fprs }: Asked): string[] {
  return [...(candidates.length > 1 ? ['candidates'] : []), ...(fprs === undefined ? [] : ['targets'])]
}
