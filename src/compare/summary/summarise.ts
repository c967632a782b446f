import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { abortedError } from '../../abort.js'
import { biasDefaults } from '../../biasDefaults.js'
import {
  at,
  type Check,
  filePath,
  numbers,
  type OptionChecks,
  requireBetween,
  requireOptions,
  requireWithin,
} from '../../check.js'
import { cannotRead, ScoringBiasError } from '../../errors.js'
import { copyNumbers } from '../../stats/ranks/scores.js'
import { version } from '../../version.js'
import { checkOutputs } from '../../writeFile.js'
import { type ReadScoresOptions, readingChecks } from '../readingOptions.js'
import { readScoreFile } from '../readScores.js'
import type { ScoreData } from '../types.js'
import { windowedScores } from './keptScores.js'
import type { NormalWindow } from './normalWindow.js'
import type { SummarySource } from './scoreSummary.js'
import { writeSummary } from './summaryFile.js'

/** What decides which normal samples a summary keeps. */
export interface KeepOptions {
  /** Target false-positive rates that the summary is for. Default 0.05. */
  readonly fprs?: readonly number[] | Float64Array | undefined
  /**
   * The share of normal samples to keep, of the largest scores of each detector, in (0, 1]. Default: twice the largest target,
   * four times it for samples in groups, and for chance 100 + 20·√(n·f·(1 − f)) more of n.
   */
  readonly keep?: number | undefined
}

/** Options of {@link summarise}. */
export interface SummariseOptions extends Omit<ReadScoresOptions, 'trainings' | 'run'>, KeepOptions {}

const share: Check = (name, value) => {
  if (requireWithin(name, value, 0, 1) > 0) return
  throw new ScoringBiasError('OUT_OF_RANGE', `${name} must be above 0, got ${value}`)
}

const keepChecks: OptionChecks<KeepOptions> = { fprs: numbers, keep: share }
/** Summaries are of detectors that were trained once. */
const { trainings: _, run: __, ...onceChecks } = readingChecks
const checks: OptionChecks<SummariseOptions> = { ...onceChecks, ...keepChecks }

/** What {@link summarise} has written. */
export interface Summarised {
  readonly detectors: readonly string[]
  readonly fprs: readonly number[]
  /** Normal samples that set thresholds: all, and those that were kept. */
  readonly nNormal: number
  readonly nKept: number
  /** Normal samples that are only tested. */
  readonly nTest: number
  readonly nAnomalous: number
  /** Of the summary. */
  readonly bytes: number
}

/**
 * Summarises a file of scores (see {@link readScores}) for a comparison with other parts of the same data, on other machines:
 * keeps all anomalies, and of the normal samples those with the largest scores of any detector, with the scores of all;
 * counts the others. {@link readSummaries} puts summaries together. A part need not have every kind of samples: other parts
 * may have them.
 *
 * Rows are read as they come, and normals are left out on the way; a file whose scores fall is read twice. Memory: 8 bytes
 * for each detector and sample kept, and for four million normals more at most.
 *
 * @param path `-` is standard input
 * @param output a file, which is written whole or not at all; another one than is read
 *
 * Errors: those of {@link readScores}; `BAD_FILE` for an output that cannot be written or is the file that is read, by whatever
 * path or link, before anything is read; `OUT_OF_RANGE` for a share or target.
 *
 * @example
 * await summarise('part-1.parquet', 'part-1.summary', { fprs: [0.01] })
 */
export async function summarise(path: string, output: string, options: SummariseOptions = {}): Promise<Summarised> {
  filePath('path', path)
  filePath('output', output)
  const { fprs, keep, ...asked } = requireOptions('summarise', options, checks)
  await checkOutputs({ output }, path === '-' ? standardInput(asked) : [path])
  const read = (window: NormalWindow) => readScoreFile(path, asked, window)
  return writeScoreSummary({ paths: [path], output, read }, { ...asked, fprs, keep })
}

/** The file that standard input may come from; a stream in its place says nothing of one. */
function standardInput({ stdin }: Pick<ReadScoresOptions, 'stdin'>): readonly string[] {
  return stdin === undefined ? ['/dev/stdin'] : []
}

interface Job {
  readonly paths: readonly string[]
  readonly output: string
  /** Reads the scores; those that a window does not reach may be left out. */
  readonly read: (window: NormalWindow) => Promise<ScoreData>
}

/** With fewer normal samples kept, none is left out before the end. */
const normalsInMemory = 2 ** 22

/** {@link summarise}, of scores however they are read. */
export async function writeScoreSummary(
  { paths, output, read }: Job,
  options: KeepOptions &
    Pick<ReadScoresOptions, 'normal' | 'negate' | 'dropMissing' | 'group' | 'trainings' | 'signal'>,
): Promise<Summarised> {
  const { normal, negate = [], dropMissing = false, group, trainings, signal } = options
  const fprs = Array.from(copyNumbers('fprs', options.fprs ?? biasDefaults.fpr))
  if (fprs.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'fprs is empty: at least one target is needed')
  for (const [f, fpr] of fprs.entries()) requireBetween(`fprs[${f}]`, fpr, 0, 1)
  if (options.keep !== undefined) share('keep', options.keep)
  if (trainings !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'summaries are of detectors that were trained once. Name one column for the baseline and one for each candidate',
    )
  }
  const reach = (n: number) => keptOf(n, { fprs, keep: options.keep }, group !== undefined)
  const found = await read({ reach, from: normalsInMemory, always: true, isPart: true })
  const data = found.below === undefined ? await windowedScores(found, reach) : found
  const { detectors, validation, anomalous, classes, groups, below, ofSplits } = data
  const nKept = at(validation, 0).length
  const { nNormal = nKept, nTest = 0 } = below ?? {}
  const question = {
    ...{ detectors, fprs, normal, negate: [...negate].sort(), hasClasses: classes !== undefined },
    ...{ hasSplit: ofSplits !== undefined, hasGroups: groups !== undefined, dropsMissing: dropMissing !== false },
  }
  const sources: SummarySource[] = []
  for (const path of paths) sources.push(await sourceOf(path, signal))
  const keep = nNormal === 0 ? 1 : reach(nNormal) / nNormal
  const bytes = await writeSummary(output, { version, sources, question, keep, data }, { signal })
  return { detectors, fprs, nNormal, nKept, nTest, nAnomalous: at(anomalous, 0).length, bytes }
}

function keptOf(
  n: number,
  { fprs, keep }: { readonly fprs: readonly number[]; readonly keep: number | undefined },
  grouped: boolean,
) {
  if (keep !== undefined) return Math.min(n, Math.ceil(keep * n))
  const fpr = Math.max(...fprs)
  return Math.min(n, Math.ceil((grouped ? 4 : 2) * fpr * n + 100 + 20 * Math.sqrt(n * fpr * (1 - fpr))))
}

async function sourceOf(path: string, signal: AbortSignal | undefined): Promise<SummarySource> {
  if (path === '-') return { name: 'standard input' }
  try {
    const found = await stat(path)
    // What a pipe gave is gone.
    if (!found.isFile()) return { name: path }
    const hash = createHash('sha256')
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20, signal })) hash.update(piece)
    return { name: path, bytes: found.size, sha256: hash.digest('hex') }
  } catch (cause) {
    if (signal?.aborted) throw abortedError(signal)
    return cannotRead(path)(cause)
  }
}
