import { at, invariant } from '../../check.js'
import { counted, formatCount } from '../../counted.js'
import { listed } from '../../data/tables/tableReader.js'
import { ScoringBiasError } from '../../errors.js'
import { countFrom, floorOf, mergedCells, noCells, type ScoreCells } from '../../scores/scoreCells.js'
import type { Groups } from '../../stats/bias/groupLabels.js'
import { defaultFprs } from '../../stats/bias/relativeBiasCurve.js'
import type { IntervalMethod } from '../../stats/bootstrap/bootstrapInterval.js'
import type { LeftOutNormals, PartNormals, ScoreData } from '../types.js'
import { reachedBy, reachOf } from './normalWindow.js'
import { requireLeftOut } from './requireLeftOut.js'

/** What decides how scores are read, some normals of which are counted alone. */
interface Question {
  readonly intervalMethod: IntervalMethod
  readonly curve?: boolean | ArrayLike<number> | undefined
  readonly laws?: boolean | undefined
}

/** Scores as they are compared. */
interface ReachedScores {
  readonly filled: ScoreData
  /** Normal samples that set thresholds and are not among them. */
  readonly below: number
  readonly checkThreshold?: (detector: number, smallest: number) => void
}

/**
 * Scores for a comparison at these targets. The confidence distribution counts the normals that were left out, and never
 * looks at them; for all else they are put back at −∞, in their places and groups: only how many there are is read.
 *
 * Errors: `OUT_OF_RANGE` where thresholds can reach what was left out, with the share to keep.
 */
export function reachedScores(data: ScoreData, asked: Question, fprs: readonly number[]): ReachedScores {
  const { below, groups, validation } = data
  if (below === undefined) return { filled: data, below: 0 }
  requireLeftOut(data, below)
  const curve = asked.curve === true ? defaultFprs : asked.curve === false ? [] : (asked.curve ?? [])
  requireReach(data, below, [...fprs, ...Array.from(curve)])
  const counts = asked.intervalMethod === 'confidence' && groups === undefined && curve.length === 0
  if (counts && asked.laws !== true) return { filled: data, below: below.nNormal - at(validation, 0).length }
  return {
    filled: filledScores(data, below),
    below: 0,
    checkThreshold(d, smallest) {
      if (smallest >= cutOf(below, d)) return
      const shares = below.parts.flatMap(({ name, nNormal, cells, cuts }) => {
        if (nNormal === 0) return []
        const kept = Math.max(...cells.map((own, i) => countFrom(own, at(cuts, i)))) / nNormal
        return [`${name} with ${shown(Math.min(1, 2 * kept))}`]
      })
      throw new ScoringBiasError(
        'OUT_OF_RANGE',
        `drawn groups move the threshold of '${at(data.detectors, d)}' to normal samples that were not kept. Summarise with a larger ` +
          `--keep, such as ${shares.slice(0, 5).join(', ')}`,
      )
    },
  }
}

/** Scores for a comparison over a range of targets: normals that were left out are put back at −∞. Errors: `OUT_OF_RANGE`. */
export function reachedRange(data: ScoreData, range: { readonly to: number }) {
  const { below, groups } = data
  if (below === undefined) return { filled: data, cells: undefined, nTest: undefined }
  requireLeftOut(data, below)
  if (groups !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'a range of targets with groups takes all normal samples, and summaries hold only those with the largest scores. Leave the range ' +
        'out, or compare the files themselves',
    )
  }
  requireReach(data, below, [range.to])
  return { filled: filledScores(data, below), cells: allCells(below), nTest: below.nTest }
}

/** Where the scores of all normals lie that set thresholds, [detectors]. */
export function allCells({ parts }: LeftOutNormals): ScoreCells[] {
  return at(parts, 0).cells.map((_, d) => parts.map(({ cells }) => at(cells, d)).reduce(mergedCells, noCells))
}

function cutOf({ parts }: LeftOutNormals, d: number): number {
  return Math.max(...parts.map(({ cuts }) => at(cuts, d)))
}

/** Errors: `OUT_OF_RANGE`. */
function requireReach({ detectors, validation }: ScoreData, below: LeftOutNormals, fprs: readonly number[]): void {
  const { parts, nNormal } = below
  const rank = reachOf(fprs, nNormal)
  const short = validation.flatMap((scores, d) => (reachedBy(scores, cutOf(below, d)) < rank ? [d] : []))
  if (short.length === 0) return
  const cells = allCells(below)
  const floors = cells.map((own) => floorOf(own, rank))
  const ways = parts.flatMap((part) => {
    const share = neededShare(part, floors)
    return share === undefined ? [] : [`${part.name} with --keep ${shown(share)}`]
  })
  const target = fprs.length === 1 ? `the target fpr = ${at(fprs, 0)} reads` : `targets up to ${Math.max(...fprs)} read`
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${target} the ${counted(rank, 'largest normal score')} of each detector among ${formatCount(nNormal)}. ` +
      `Too few of ${listed(short.map((d) => at(detectors, d)))} were kept. Summarise ${ways.slice(0, 5).join(', ')}` +
      `${ways.length > 5 ? `, and ${ways.length - 5} more` : ''}`,
  )
}

/** The share of its normals that a part needs to keep to have all above these scores; undefined where it has. */
function neededShare({ nNormal, cuts, cells }: PartNormals, floors: readonly number[]): number | undefined {
  if (floors.every((floor, d) => at(cuts, d) <= floor)) return undefined
  return Math.max(...floors.map((floor, d) => countFrom(at(cells, d), floor))) / nNormal
}

/** Three digits, rounded up. */
function shown(share: number): number {
  return Math.min(1, Math.ceil(1000 * share + 1e-9) / 1000)
}

/** All normals, those that were left out at −∞. */
function filledScores({ validation, groups, ...data }: ScoreData, below: LeftOutNormals): ScoreData {
  const { nNormal, positions } = below
  const filled = validation.map((scores) => {
    const all = new Float64Array(nNormal).fill(Number.NEGATIVE_INFINITY)
    for (const [i, place] of positions.entries()) all[place] = at(scores, i)
    return all
  })
  return { ...data, validation: filled, groups: groups && filledGroups(groups, below) }
}

/** Which of those left out is of which group is not known, and not read. */
function filledGroups({ normal, anomalous, names }: Groups, { groups, positions, nNormal }: LeftOutNormals): Groups {
  invariant(groups !== undefined, 'groups have their numbers of samples left out')
  const labels = new Array<string>(nNormal).fill('')
  for (const [i, place] of positions.entries()) labels[place] = String(normal[i])
  let place = 0
  for (const [name, count] of groups) {
    for (let i = 0; i < count; i++) {
      while (labels[place] !== '') place++
      labels[place] = name
    }
  }
  return {
    normal: labels,
    anomalous,
    names: names ?? [...new Set([...groups.keys(), ...labels, ...Array.from(anomalous, String)])],
  }
}
