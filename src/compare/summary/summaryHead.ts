import { at, invariant } from '../../check.js'
import type { MissingOfSet, MissingSamples, SplitCounts } from '../../scores/scoreCollector.js'
import { splitNotes } from '../../scores/scoreCollector.js'
import { missingNotes } from '../preparedScores.js'
import type { LeftOutNormals, ScoreData } from '../types.js'
import type { SummaryQuestion, SummarySource } from './scoreSummary.js'
import type { ArrayHead, SummaryArray } from './summaryArrays.js'

/** Raised where the layout of the file changes; docs/summaries.md has it. */
export const summaryFormat = 1

/** What a summary says before its arrays. */
export interface SummaryHead {
  readonly version: string
  readonly sources: readonly SummarySource[]
  readonly question: SummaryQuestion
  readonly keep: number
  readonly nNormal: number
  readonly nTest: number
  readonly cellBits: readonly number[]
  /** Names of classes; null without. */
  readonly classes: readonly string[] | null
  /** Names of groups: first those that have `groups left out`, normal samples' before others. Null without. */
  readonly groups: readonly string[] | null
  readonly ofSplits: SplitCounts | null
  /** Of normals that set thresholds, normals that are only tested, and anomalies. */
  readonly missing: readonly JsonMissing[] | null
  readonly notes: readonly string[]
  readonly arrays: readonly ArrayHead[]
  readonly sha256: string
}

type Counts = readonly (readonly [string, number])[]
interface JsonMissing {
  readonly samples: number
  readonly detectors: Counts
  readonly classes: Counts
}

/** The parts of a head that are of the scores, and the arrays, by name. */
export function summaryParts(data: ScoreData) {
  const { below, classes, groups, missing, ofSplits } = data
  invariant(below !== undefined && below.parts.length === 1, 'the scores of a summary are a window of one part')
  const { cuts, cells } = at(below.parts, 0)
  const classNames = classes && [...new Set(classes)]
  const groupNames = groups && [
    ...new Set([
      ...(below.groups?.keys() ?? []),
      ...Array.from(groups.normal, String),
      ...Array.from(groups.anomalous, String),
    ]),
  ]
  const numbered = (labels: ArrayLike<string | number>, names: readonly string[] = []) => {
    const numbers = new Map(names.map((name, i) => [name, i]))
    return Uint32Array.from(labels, (label) => numbers.get(String(label)) ?? Number.NaN)
  }
  const arrays: [string, SummaryArray][] = [
    ['cuts', cuts],
    ['positions', Uint32Array.from(below.positions)],
    ...cells.flatMap((own, d): [string, SummaryArray][] => [
      [`cells ${d}`, own.values],
      [`cell counts ${d}`, own.counts],
    ]),
    ...setArrays('normal', data.validation),
    ...setArrays('test', data.test ?? []),
    ...setArrays('anomalous', data.anomalous),
    ...(classes === undefined ? [] : [['class of anomalous', numbered(classes, classNames)] as [string, SummaryArray]]),
    ...(groups === undefined
      ? []
      : ([
          ['group of normal', numbered(groups.normal, groupNames)],
          ['group of anomalous', numbered(groups.anomalous, groupNames)],
          ['left out of groups', Float64Array.from(below.groups?.values() ?? [])],
        ] as [string, SummaryArray][])),
  ]
  const head = {
    nNormal: below.nNormal,
    nTest: below.nTest,
    cellBits: cells.map(({ bits }) => bits),
    classes: classNames ?? null,
    groups: groupNames ?? null,
    ofSplits: ofSplits ?? null,
    missing: missing?.map(jsonMissing) ?? null,
    notes: otherNotes(data, below),
  }
  return { head, arrays }
}

function setArrays(name: string, sets: readonly ArrayLike<number>[]): [string, SummaryArray][] {
  return sets.map((scores, d) => [`${name} ${d}`, scores instanceof Float64Array ? scores : Float64Array.from(scores)])
}

function jsonMissing({ samples, detectors, classes }: MissingOfSet): JsonMissing {
  return { samples, detectors: [...detectors], classes: [...classes] }
}

/** Without what is counted, which is said of all parts together. */
function otherNotes(
  { notes = [], ofSplits, missing, anomalous }: ScoreData,
  { nNormal, nTest }: LeftOutNormals,
): string[] {
  const lacking = missing?.reduce((sum, { samples }) => sum + samples, 0) ?? 0
  const all = nNormal + nTest + at(anomalous, 0).length + lacking
  const counted = new Set([...(ofSplits ? splitNotes(ofSplits) : []), ...(missing ? missingNotes(missing, all) : [])])
  return notes.filter((note) => !counted.has(note))
}

/** Scores, from a head and its arrays. Errors are for `readSummary` to report. */
export function scoresOf(head: SummaryHead, values: readonly SummaryArray[]): ScoreData {
  const { question, nNormal, nTest, cellBits, sources } = head
  const { detectors } = question
  const found = new Map(head.arrays.map(({ name }, i) => [name, at(values, i)]))
  const array = (name: string): SummaryArray => {
    const own = found.get(name)
    if (own === undefined) throw new Error(`it has no array '${name}'`)
    return own
  }
  const sets = (name: string) => detectors.map((_, d) => array(`${name} ${d}`) as Float64Array)
  const [validation, anomalous, test] = [sets('normal'), sets('anomalous'), nTest > 0 ? sets('test') : undefined]
  for (const set of [validation, anomalous, test ?? []]) requireScores(set)
  const [kept, n] = [at(validation, 0).length, at(anomalous, 0).length]
  const positions = Float64Array.from(array('positions'))
  demand(
    positions.length === kept && kept <= nNormal && kept > 0 === nNormal > 0,
    'its samples are not as many as it says',
  )
  demand(
    positions.every((place, i) => place < nNormal && (i === 0 || place > at(positions, i - 1))),
    'its places of normal samples are not ascending',
  )
  const cells = detectors.map((_, d) => {
    const own = {
      bits: at(cellBits, d),
      values: array(`cells ${d}`) as Float64Array,
      counts: array(`cell counts ${d}`) as Float64Array,
    }
    const total = own.counts.reduce((sum, count) => sum + count, 0)
    const ascending = own.values.every((value, i) => !Number.isNaN(value) && (i === 0 || value > at(own.values, i - 1)))
    demand(
      ascending && own.counts.every(isCount) && total === nNormal && own.counts.length === own.values.length,
      'its cells are not those of its normal samples',
    )
    return own
  })
  const cuts = array('cuts') as Float64Array
  demand(cuts.length === detectors.length && !cuts.some(Number.isNaN), 'its cuts are no scores')
  const { leftOut, groups } = groupsOf(head, array, { kept, n })
  const name = sources.map((source) => source.name).join(', ')
  return {
    source: name,
    detectors,
    validation,
    ...(test && { test }),
    anomalous,
    ...(head.classes && { classes: named(array('class of anomalous'), head.classes, n) }),
    ...(groups && { groups }),
    below: { nNormal, nTest, positions, ...(leftOut && { groups: leftOut }), parts: [{ name, nNormal, cuts, cells }] },
    ...(head.ofSplits && { ofSplits: head.ofSplits }),
    ...(head.missing && { missing: head.missing.map(missingOf) as unknown as MissingSamples }),
    notes: head.notes,
  }
}

function groupsOf(
  { groups: names, nNormal }: SummaryHead,
  array: (name: string) => SummaryArray,
  { kept, n }: { readonly kept: number; readonly n: number },
) {
  if (names === null) return { leftOut: undefined, groups: undefined }
  const counts = Array.from(array('left out of groups'))
  const total = counts.reduce((sum, count) => sum + count, 0)
  demand(
    counts.every(isCount) && counts.length <= names.length && total === nNormal - kept,
    'its groups are not those of its normal samples',
  )
  return {
    leftOut: new Map(counts.map((count, i) => [at(names, i), count])),
    groups: {
      normal: named(array('group of normal'), names, kept),
      anomalous: named(array('group of anomalous'), names, n),
    },
  }
}

function missingOf({ samples, detectors, classes }: JsonMissing): MissingOfSet {
  return { samples, detectors: new Map(detectors), classes: new Map(classes) }
}

function requireScores(set: readonly Float64Array[]): void {
  for (const scores of set) {
    demand(
      scores instanceof Float64Array && scores.length === at(set, 0).length && !scores.some(Number.isNaN),
      'its scores are damaged',
    )
  }
}

function named(numbers: SummaryArray, names: readonly string[], length: number): string[] {
  demand(numbers.length === length && numbers.every((i) => i < names.length), 'its names are not those of its samples')
  return Array.from(numbers, (i) => at(names, i))
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0
}

function demand(condition: boolean, what: string): void {
  if (!condition) throw new Error(what)
}

/** A head as it was read. Errors are for `readSummary` to report. */
export function requireHead(value: unknown): SummaryHead {
  const head = value as SummaryHead & { readonly 'scoring-bias summary': unknown }
  const format = head['scoring-bias summary']
  demand(format === summaryFormat, `its format is ${String(format)}, and this version reads ${summaryFormat}`)
  const { question, sources, arrays, missing, ofSplits } = head
  const texts = (list: unknown) => Array.isArray(list) && list.every((one) => typeof one === 'string')
  const counts = (list: unknown) =>
    Array.isArray(list) && list.every((one) => Array.isArray(one) && typeof one[0] === 'string' && isCount(one[1]))
  demand(
    typeof head.version === 'string' && typeof head.keep === 'number' && typeof head.sha256 === 'string',
    'its head lacks what made it',
  )
  demand(
    typeof question === 'object' &&
      question !== null &&
      texts(question.detectors) &&
      question.detectors.length > 1 &&
      texts(question.negate) &&
      Array.isArray(question.fprs) &&
      question.fprs.every((fpr) => fpr > 0 && fpr < 1),
    'its head lacks what was asked',
  )
  demand(Array.isArray(sources) && sources.every((one) => typeof one?.name === 'string'), 'its head lacks its sources')
  demand(
    question.hasClasses === (head.classes !== null) && question.hasGroups === (head.groups !== null),
    'its head contradicts itself',
  )
  demand(isCount(head.nNormal) && isCount(head.nTest) && texts(head.notes), 'its head lacks its counts')
  demand(head.classes === null || texts(head.classes), 'its classes are no names')
  demand(head.groups === null || texts(head.groups), 'its groups are no names')
  demand(
    Array.isArray(head.cellBits) &&
      head.cellBits.length === question.detectors.length &&
      head.cellBits.every((bits) => isCount(bits) && bits <= 48),
    'its cells are damaged',
  )
  demand(
    ofSplits === null || [ofSplits?.trainedOn, ofSplits?.unused, ofSplits?.nAnomalous].every(isCount),
    'its counts of splits are damaged',
  )
  demand(
    missing === null ||
      (Array.isArray(missing) &&
        missing.length === 3 &&
        missing.every((one) => isCount(one?.samples) && counts(one.detectors) && counts(one.classes))),
    'its counts of missing scores are damaged',
  )
  demand(
    Array.isArray(arrays) &&
      arrays.every(
        (one) =>
          typeof one?.name === 'string' &&
          (one.type === 'float64' || one.type === 'uint32') &&
          isCount(one.length) &&
          one.length < 2 ** 32,
      ),
    'its list of arrays is damaged',
  )
  return head
}
