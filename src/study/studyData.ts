import type { Dataset } from '../data/core/dataset.js'
import type { StudyData } from './core/types.js'
import type { PairOptions } from './pairOptions.js'

/** What an answer says of the samples it is made of. `sha256` is theirs, see `StudyData`. */
export function studyData(
  { dataset: asked, share, dataSeed = 0 }: Pick<PairOptions, 'dataset' | 'share' | 'dataSeed'>,
  { labels }: Pick<Dataset, 'labels'>,
  sha256: string,
): StudyData {
  return {
    sha256,
    nSamples: labels.length,
    ...(share !== undefined && { share }),
    dataSeed,
    ...preparedColumns(asked),
  }
}

/** What of the caller's table is no plain number. */
export function preparedColumns(dataset: PairOptions['dataset']): Pick<StudyData, 'oneHot' | 'impute'> {
  const { oneHot, impute } = typeof dataset === 'string' ? {} : dataset
  return { ...(oneHot && { oneHot: oneHot.map(({ column }) => column) }), ...(impute && { impute }) }
}
