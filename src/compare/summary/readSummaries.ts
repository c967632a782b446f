import { abortSignal, callback, filePath, list, type OptionChecks, requireOptions } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { OnProgress } from '../../progress.js'
import type { ScoreData } from '../types.js'
import { mergeSummaries } from './mergeSummaries.js'
import type { ScoreSummary } from './scoreSummary.js'
import { readSummary } from './summaryFile.js'

/** Options of {@link readSummaries}. */
export interface ReadSummariesOptions {
  readonly signal?: AbortSignal | undefined
  /** Told of the summaries read so far. */
  readonly onProgress?: OnProgress | undefined
}

const checks: OptionChecks<ReadSummariesOptions> = { signal: abortSignal, onProgress: callback }

/**
 * Reads summaries of parts of the data, which `summarise` has written, for {@link compare}: its answer is that on all rows of
 * all parts, their files one after another in the order of their names, whatever order the summaries are given in
 * (docs/summaries.md). Memory: what the summaries hold.
 *
 * Errors: `BAD_FILE` for what is no summary or a damaged one, `EMPTY_SAMPLE` for none, and where no part has normal
 * samples or none has anomalies, `OUT_OF_RANGE` for summaries of other
 * detectors, options, targets or versions, and for a part that is there twice; `ABORTED`.
 *
 * @example
 * const scores = await readSummaries(['part-1.summary', 'part-2.summary'])
 * const { candidates } = await compare(scores, { fpr: 0.05 })
 */
export async function readSummaries(paths: readonly string[], options: ReadSummariesOptions = {}): Promise<ScoreData> {
  const { signal, onProgress } = requireOptions('readSummaries', options, checks)
  list(filePath)('paths', paths)
  if (paths.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'paths is empty: at least one summary is needed')
  const summaries: ScoreSummary[] = []
  for (const path of paths) {
    summaries.push(await readSummary(path, { signal }))
    onProgress?.({ phase: 'reading', done: summaries.length, total: paths.length })
  }
  return mergeSummaries(summaries, paths)
}
