import { counted } from '../counted.js'

/** More sets of names are counted. */
const mostShown = 3

/**
 * A warning of classes that only the case of letters or space around them tells apart, as `fine` and ` Fine`, or none. Single letters of
 * either case are not meant.
 *
 * @param asOne names that count as one class anyway
 */
export function alikeWarnings(names: readonly string[], asOne: readonly string[] = []): string[] {
  const alike = new Map<string, string[]>()
  for (const name of new Set(names)) alike.set(likeness(name), [...(alike.get(likeness(name)) ?? []), name])
  const sets = [...alike.values()].filter((own) => own.length > 1 && !own.every((name) => asOne.includes(name)))
  if (sets.length === 0) return []
  const shown = sets.slice(0, mostShown).map((own) => own.map((name) => `'${name}'`).join(', '))
  const more = sets.length > mostShown ? `; and ${counted(sets.length - mostShown, 'more set')}` : ''
  return [
    `only case or space around them tells these classes apart: ${shown.join('; ')}${more}. Each counts as a class of its own. If they are one, write them alike`,
  ]
}

/** Equal for names that are alike. */
function likeness(name: string): string {
  const word = name.trim()
  return word.length > 1 ? word.toLowerCase() : word
}
