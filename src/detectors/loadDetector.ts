import { readFile } from 'node:fs/promises'
import { abortSignal, type OptionChecks, oneOf, requireOptions, wrongType } from '../check.js'
import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import { elements } from '../nn/parameters.js'
import { type Device, type DeviceRequest, deviceRequests } from '../runtime/device.js'
import { Pool } from '../runtime/pool.js'
import type { RemoteSession } from '../runtime/remoteSession.js'
import { outputOf, value } from '../runtime/value.js'
import { type DetectorMetadata, decodeMetadata } from './detectorMetadata.js'

export interface LoadOptions {
  /** Default `auto`. */
  readonly device?: DeviceRequest | undefined
  /** When it fires, scoring rejects with `ABORTED` and the detector is closed. */
  readonly signal?: AbortSignal | undefined
}

/** Scores of n samples, and whether each is above the detector's threshold. */
export interface Scored {
  /** Larger is more anomalous. */
  readonly scores: Float32Array
  /** 1 where the score is strictly greater than the threshold, else 0. */
  readonly flagged: Uint8Array
}

const checks: OptionChecks<LoadOptions> = { device: oneOf('device', deviceRequests), signal: abortSignal }

/** A saved detector, ready to score. It holds a worker thread: close it after use. */
export class Detector {
  readonly metadata: DetectorMetadata
  readonly #pool: Pool
  readonly #session: RemoteSession

  constructor(metadata: DetectorMetadata, pool: Pool, session: RemoteSession) {
    this.metadata = metadata
    this.#pool = pool
    this.#session = session
  }

  /** Where it runs. */
  get device(): Device {
    return this.#session.device
  }

  /**
   * Scores n samples off the main thread.
   *
   * @param features [n, …sample], row-major, raw: the model standardises them itself. Not changed.
   *
   * Errors: `WRONG_TYPE`, `SHAPE_MISMATCH`, `NOT_A_NUMBER` with the row, `WORKER_FAILED`, `ABORTED`.
   */
  async score(features: Float32Array): Promise<Scored> {
    if (!(features instanceof Float32Array)) throw wrongType('features', 'a Float32Array', features)
    return scoreSession(this.#session, features, this.metadata.sample)
  }

  /** Ends the worker thread; what is being scored rejects with `ABORTED`. */
  close(): Promise<void> {
    return this.#pool.close()
  }
}

/**
 * Loads a detector that `train` has saved.
 *
 * @param source a path, or the bytes of the file (copied)
 *
 * Errors: `BAD_FILE` (with the path), `UNKNOWN_NAME`, `WRONG_TYPE`, `NO_DEVICE`, `WORKER_FAILED`, `ABORTED`.
 *
 * @example
 * const detector = await loadDetector('detector.onnx')
 * const { scores, flagged } = await detector.score(Float32Array.of(92, 115, …)) // rows of metadata.features
 * await detector.close()
 */
export async function loadDetector(source: string | Uint8Array, options: LoadOptions = {}): Promise<Detector> {
  const { device, signal } = requireOptions('loadDetector', options, checks)
  if (typeof source !== 'string' && !(source instanceof Uint8Array))
    throw wrongType('the detector', 'a path, or the bytes of a file', source)
  const name = typeof source === 'string' ? source : 'the model'
  const model = typeof source === 'string' ? await read(source) : source
  const metadata = decodeMetadata(model, name)
  const pool = new Pool({ workers: 1, device, signal })
  try {
    return await new Promise((resolve, reject) => {
      // The job keeps its worker until the pool is closed.
      pool
        .run(`scoring with ${name}`, async (worker) => {
          resolve(new Detector(metadata, pool, await worker.open(model, 'loading')))
          await new Promise(() => {})
        })
        .catch(reject)
    })
  } catch (error) {
    await pool.close()
    throw error
  }
}

/** Features in a block: enough rows to share the cost of a call, activations that stay small. */
const blockElements = 1 << 17
/** Samples that one vector instruction may take. */
const vectorLength = 16

/**
 * Scores samples with a saved detector's session, block by block.
 *
 * @param features [n, …sample], row-major, as the user has them; copied
 *
 * Errors: `SHAPE_MISMATCH` when the features do not fill whole samples, `NOT_A_NUMBER` with the row where a score is.
 */
export async function scoreSession(
  session: RemoteSession,
  features: Float32Array,
  sample: readonly number[],
): Promise<Scored> {
  const size = elements(sample)
  const n = features.length / size
  if (!Number.isInteger(n)) {
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `${features.length} features do not fill samples of ${counted(size, 'feature')}. Give whole samples`,
    )
  }
  const rows = vectorLength * Math.min(64, Math.max(1, Math.floor(blockElements / size / vectorLength)))
  const scores = new Float32Array(n)
  const flagged = new Uint8Array(n)
  for (let from = 0; from < n; from += rows) {
    const to = Math.min(n, from + rows)
    // ONNX Runtime computes what does not fill its vectors by other instructions, whose last bits differ.
    const block = new Float32Array(Math.ceil((to - from) / vectorLength) * vectorLength * size)
    block.set(features.subarray(from * size, to * size))
    const outputs = await session.run({ x: value('float32', block, [block.length / size, ...sample]) })
    const { data } = outputOf(outputs, 'score')
    const flags = outputOf(outputs, 'flagged').data
    for (let i = from; i < to; i++) {
      const score = Number(data[i - from])
      if (Number.isNaN(score))
        throw new ScoringBiasError('NOT_A_NUMBER', `the score of sample ${i} is NaN. Check the features of that sample`)
      scores[i] = score
      flagged[i] = Number(flags[i - from])
    }
  }
  return { scores, flagged }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ScoringBiasError('BAD_FILE', `cannot read ${path}: ${reason}`, { cause })
  }
}
