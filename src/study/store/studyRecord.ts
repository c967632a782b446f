import { createHash } from 'node:crypto'
import { publishedSettings } from '../../detectors/settings.js'
import { similarityOf } from '../core/similarityTrend.js'
import type { ClassRates, ClassResult, RunAnswer, StudyResult } from '../core/types.js'

/**
 * A study's result as text from which `parseStudy` makes it again, to the bit, but for why its device was taken: one that was asked for
 * computes the same. Equal results give equal text.
 */
export function studyRecord({ deviceReason: _, ...result }: StudyResult): string {
  return JSON.stringify(result, (_, value: unknown) => {
    if (value instanceof Float32Array) return { float32: base64(value) }
    if (value instanceof Float64Array) return { float64: base64(value) }
    return value
  })
}

/** A class as it was recorded before its intervals held for all classes. */
type EarlierClass = ClassRates & Partial<ClassResult>

/** A result as it was recorded before its training settings were complete, and without its trend. */
type EarlierResult = Omit<StudyResult, 'settings' | 'similarity' | 'classes'> & {
  readonly settings: Pick<StudyResult['settings'], 'network' | 'decoder' | 'optimiser'>
  readonly classes: readonly EarlierClass[]
}

/**
 * The inverse of {@link studyRecord}. What earlier records lack is added: settings, which were the published ones, and the
 * trend of ξ with distance, without resamples. Which samples and which processor remain unknown. Intervals that held class by
 * class are left out, and a warning says so: ξ then has the answers of a study that decides nothing.
 */
export function parseStudy(record: string): StudyResult {
  const recorded: EarlierResult | (Omit<StudyResult, 'classes'> & Pick<EarlierResult, 'classes'>) = JSON.parse(
    record,
    (key, value: unknown) => {
      // What the middle of the draws of τ spans was recorded once; it is no interval.
      if (key === 'range') return undefined
      if (typeof value !== 'object' || value === null) return value
      if ('float32' in value && typeof value.float32 === 'string') return new Float32Array(bytes(value.float32))
      if ('float64' in value && typeof value.float64 === 'string') return new Float64Array(bytes(value.float64))
      return value
    },
  )
  const completed = 'similarity' in recorded ? recorded : withTrend(recorded)
  const { classes, warnings } = recorded
  if (classes.every(isAnswered)) return { ...completed, classes }
  return {
    ...completed,
    classes: classes.map((one) => ({ ...one, ...undecidedAnswer })),
    intervalCovers: 'The intervals are left out: an earlier version computed them.',
    warnings: [...warnings, earlierWarning],
  }
}

function withTrend(recorded: EarlierResult) {
  const { epochs: _, pretrainEpochs: __, ...published } = publishedSettings
  const { mixture, anomaly, classes, seed } = recorded
  const labelled = mixture?.map((one) => one.class) ?? [anomaly]
  return {
    ...recorded,
    settings: { ...published, ...recorded.settings },
    similarity: similarityOf({ classes, labelled, seed }),
  }
}

function isAnswered(one: EarlierClass): one is ClassResult {
  return one.simultaneous !== undefined
}

const undecidedAnswer: RunAnswer = {
  interval: [-1, 1],
  pValue: 1,
  simultaneous: [-1, 1],
  pAdjusted: 1,
  direction: 'none',
}

const earlierWarning =
  'an earlier version recorded this study. Its intervals held class by class, and some were too short: they are left out, ' +
  'and with them all arrows. Run the study again with the same store to have them'

/** SHA-256, in hexadecimal, of all of a result but how long, on how many workers and on what processor it was computed. */
export function studyId({ elapsedSeconds: _, workers: __, processor: ___, ...result }: StudyResult): string {
  const timeless = { ...result, elapsedSeconds: 0, workers: 0 }
  return createHash('sha256').update(studyRecord(timeless)).digest('hex')
}

/** What {@link studyId} was of the result that a record is of; nothing where it is no record. */
export function recordId(record: string): string | undefined {
  try {
    const { elapsedSeconds: _, workers: __, processor: ___, ...result } = JSON.parse(record)
    return createHash('sha256')
      .update(JSON.stringify({ ...result, elapsedSeconds: 0, workers: 0 }))
      .digest('hex')
  } catch {
    return undefined
  }
}

function base64({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

function bytes(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer
}
