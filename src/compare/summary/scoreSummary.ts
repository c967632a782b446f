import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { ScoreData } from '../types.js'

/** What is kept of the scores of one part of the data, and what made it; docs/summaries.md. */
export interface ScoreSummary {
  /** Of this package, which made it. */
  readonly version: string
  /** The files that were read. */
  readonly sources: readonly SummarySource[]
  readonly question: SummaryQuestion
  /** The share of normals that is kept at least, of the largest scores of each detector. */
  readonly keep: number
  /** Scores, of which `below` has the normals that were left out. */
  readonly data: ScoreData
  /** SHA-256 of what the file holds of the scores, in hexadecimal. */
  readonly digest: string
}

/** A file that was read. */
export interface SummarySource {
  readonly name: string
  /** Undefined for standard input. */
  readonly bytes?: number | undefined
  /** In hexadecimal; undefined for standard input. */
  readonly sha256?: string | undefined
}

/** What parts have in common whose summaries are merged. */
export interface SummaryQuestion {
  readonly detectors: readonly string[]
  /** Targets that normals were kept for. */
  readonly fprs: readonly number[]
  /** The label of normal samples, where labels are names. */
  readonly normal?: string | undefined
  /** Detectors whose scores were negated. */
  readonly negate: readonly string[]
  readonly hasClasses: boolean
  readonly hasSplit: boolean
  readonly hasGroups: boolean
  /** Whether samples that lack a score were left out. */
  readonly dropsMissing: boolean
}

/** What a summary is called: the files that it is of. */
export function nameOf({ sources }: Pick<ScoreSummary, 'sources'>): string {
  return sources.map(({ name }) => name).join(', ')
}

const asked: readonly (readonly [keyof SummaryQuestion, string])[] = [
  ['detectors', 'detectors'],
  ['fprs', 'targets (--fpr)'],
  ['normal', 'normal label (--normal)'],
  ['negate', 'negated detectors (--negate)'],
  ['hasClasses', 'classes (--class)'],
  ['hasSplit', 'split (--split)'],
  ['hasGroups', 'groups (--group)'],
  ['dropsMissing', 'samples that lack a score (--drop-missing)'],
]

/** Requires summaries of one question by one version, and each part once. Errors: `OUT_OF_RANGE`, with the names of two. */
export function requireAlike(summaries: readonly ScoreSummary[], paths: readonly string[]): void {
  const first = at(summaries, 0)
  const refuse = (i: number, what: string): never => {
    throw new ScoringBiasError('OUT_OF_RANGE', `${at(paths, 0)} and ${at(paths, i)} cannot be merged: ${what}`)
  }
  for (const [i, one] of summaries.entries()) {
    if (one.version !== first.version) {
      refuse(
        i,
        `versions ${first.version} and ${one.version} of this package made them. Summarise all parts with one version`,
      )
    }
    for (const [option, words] of asked) {
      const [mine, other] = [first.question[option], one.question[option]].map((value) => JSON.stringify(value ?? null))
      if (mine !== other)
        refuse(i, `their ${words} differ, ${mine} and ${other}. Summarise all parts with the same options`)
    }
  }
  const seen = new Map<string, string>()
  for (const [i, { digest, sources }] of summaries.entries()) {
    const path = at(paths, i)
    for (const id of [digest, ...sources.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [sha256]))]) {
      const earlier = seen.get(id)
      if (earlier !== undefined && earlier !== path) {
        throw new ScoringBiasError(
          'OUT_OF_RANGE',
          `${earlier} and ${path} are of the same data (${nameOf(at(summaries, i))}). Its samples would count twice. Leave one out`,
        )
      }
      if (earlier === path) throw new ScoringBiasError('OUT_OF_RANGE', `${path} is given twice. Leave one out`)
    }
    for (const id of [digest, ...sources.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [sha256]))])
      seen.set(id, path)
  }
}
