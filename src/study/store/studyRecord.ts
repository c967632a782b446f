import { createHash } from 'node:crypto'
import { publishedSettings } from '../../detectors/settings.js'
import { similarityOf } from '../core/similarityTrend.js'
import type { StudyResult } from '../core/types.js'

/** A study's result as text from which `parseStudy` makes it again, to the bit. Equal results give equal text. */
export function studyRecord(result: StudyResult): string {
  return JSON.stringify(result, (_, value: unknown) => {
    if (value instanceof Float32Array) return { float32: base64(value) }
    if (value instanceof Float64Array) return { float64: base64(value) }
    return value
  })
}

/** A result as it was recorded before its training settings were complete, and without its trend. */
type EarlierResult = Omit<StudyResult, 'settings' | 'similarity'> & {
  readonly settings: Pick<StudyResult['settings'], 'network' | 'decoder' | 'optimiser'>
}

/**
 * The inverse of {@link studyRecord}. What earlier records lack is added: settings, which were the published ones, and the
 * trend of ξ with distance, without resamples. Which samples and which processor remain unknown.
 */
export function parseStudy(record: string): StudyResult {
  const recorded: StudyResult | EarlierResult = JSON.parse(record, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if ('float32' in value && typeof value.float32 === 'string') return new Float32Array(bytes(value.float32))
    if ('float64' in value && typeof value.float64 === 'string') return new Float64Array(bytes(value.float64))
    return value
  })
  return 'similarity' in recorded ? recorded : completed(recorded)
}

function completed(recorded: EarlierResult): StudyResult {
  const { epochs: _, pretrainEpochs: __, ...published } = publishedSettings
  const { mixture, anomaly, classes, level, seed } = recorded
  const labelled = mixture?.map((one) => one.class) ?? [anomaly]
  return {
    ...recorded,
    settings: { ...published, ...recorded.settings },
    similarity: similarityOf({ classes, labelled, level, seed }),
  }
}

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
