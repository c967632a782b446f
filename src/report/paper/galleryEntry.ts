import type { FailedReproduction, Reproduction } from '../../paper/types.js'
import { dataLines } from '../words.js'

/** What a gallery shows of one item. */
export interface GalleryEntry {
  readonly result: Reproduction | FailedReproduction
  /** The figure, where it is one. */
  readonly svg?: string | undefined
  /** Names of the item's own files, relative to the gallery. */
  readonly files?: readonly string[] | undefined
}

/** The items that were repeated. */
export function doneOf(entries: readonly GalleryEntry[]): Reproduction[] {
  return entries.flatMap(({ result }) => (result.kind === 'failure' ? [] : [result]))
}

/** Whose data all of them are, each source once. */
export function allDataLines(done: readonly Reproduction[]): string[] {
  const sources = new Set(done.flatMap(({ attribution }) => (attribution === '' ? [] : attribution.split('; '))))
  return dataLines({ attribution: [...sources].join('; ') })
}
