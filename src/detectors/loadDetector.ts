import { readFile } from 'node:fs/promises'
import { abortSignal, at, filePath, type OptionChecks, oneOf, requireOptions, wrongType } from '../check.js'
import { counted } from '../counted.js'
import { cannotRead, ScoringBiasError } from '../errors.js'
import { frozen } from '../frozen.js'
import { elements } from '../nn/parameters.js'
import { requireFile } from '../requireFile.js'
import { type Device, type DeviceRequest, deviceRequests, deviceTitle } from '../runtime/device.js'
import { Pool } from '../runtime/pool.js'
import type { RemoteSession } from '../runtime/remoteSession.js'
import { outputOf, type TensorValue, type Values, value } from '../runtime/value.js'
import { GraphError } from '../runtime/workerHandle.js'
import { copyOf } from '../stats/ranks/scores.js'
import { readDetectorFile } from './detectorFile.js'
import type { DetectorMetadata } from './detectorMetadata.js'

/** Options of {@link loadDetector}. */
export interface LoadOptions {
  /** Default `auto`. */
  readonly device?: DeviceRequest | undefined
  /** When it fires, scoring rejects with `ABORTED` and the detector is closed. */
  readonly signal?: AbortSignal | undefined
}

/** Scores of n samples, and whether each is above the detector's threshold. */
export interface Scored {
  /**
   * Larger is more anomalous. What overflows float32 is infinite: above any threshold where scores are distances, on either side where they are those
   * of a linear head (`classifier`, `devnet`, `prenet`), so that −Infinity is not flagged.
   */
  readonly scores: Float32Array
  /** 1 where the score is strictly greater than the threshold, else 0. */
  readonly flagged: Uint8Array
}

const checks: OptionChecks<LoadOptions> = { device: oneOf('device', deviceRequests), signal: abortSignal }

/** A saved detector, ready to score. It holds a worker thread: close it after use. */
export class Detector {
  readonly #metadata: DetectorMetadata
  readonly #pool: Pool
  readonly #session: RemoteSession
  readonly #name: string

  constructor(metadata: DetectorMetadata, pool: Pool, session: RemoteSession, name: string) {
    this.#metadata = frozen(metadata)
    this.#pool = pool
    this.#session = session
    this.#name = name
  }

  /** What its file says of itself, frozen: the detector scores by it. */
  get metadata(): DetectorMetadata {
    return this.#metadata
  }

  /** Where it runs. */
  get device(): Device {
    return this.#session.device
  }

  /**
   * Scores n samples off the main thread.
   *
   * @param features [n, …sample], row-major, raw: the model standardises them itself. Copied first, not changed. In the order of `metadata.features`: those
   *   of a column of categories are 1 for the sample's category and else 0; with `metadata.preparation.impute`, NaN is a missing one.
   *
   * Numbers alone do not tell the shape of a sample: that of whoever gives them must be `metadata.sample`. `scoreTable` checks that of files.
   *
   * Errors: `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `SHAPE_MISMATCH`, `NOT_A_NUMBER` with the row, `BAD_FILE` where the graph fails or contradicts its
   * file, `WORKER_FAILED`, `ABORTED`.
   */
  async score(features: Float32Array): Promise<Scored> {
    if (!(features instanceof Float32Array)) throw wrongType('features', 'a Float32Array', features)
    const own = copyOf('features', () => new Float32Array(features))
    const scored = await scoreSession(this.#session, own, this.#metadata.sample).catch(
      graphFailed(this.#name, this.device),
    )
    const { threshold } = this.#metadata
    const wrong = scored.scores.findIndex((score, i) => score > threshold !== (at(scored.flagged, i) === 1))
    if (wrong === -1) return scored
    const { scores, flagged } = scored
    throw new ScoringBiasError(
      'BAD_FILE',
      `${this.#name} is damaged: its graph gives sample ${wrong} the score ${at(scores, wrong)} and ` +
        `${at(flagged, wrong) === 1 ? 'flags' : 'does not flag'} it, but its threshold is ${threshold}`,
    )
  }

  /** Ends the worker thread; what is being scored, or is to be scored later, rejects with `ABORTED`. */
  close(): Promise<void> {
    return this.#pool.close(`the detector of ${this.#name} was closed. To score with it, load it again (loadDetector)`)
  }
}

/**
 * Loads a detector that `train` has saved. A file from elsewhere is safe to open: it reads nothing outside itself, and is made of
 * the operators that `train` writes. But its graph may be made to take any time and memory: see docs/detector-file.md for
 * how a service contains that.
 *
 * @param source a path, or the bytes of the file (copied), 512 MiB at most
 *
 * Errors: `BAD_FILE` (with the path), `UNKNOWN_NAME`, `WRONG_TYPE`, `DETACHED`, `NOT_INSTALLED`, `NO_DEVICE`, `WORKER_FAILED`, `ABORTED`.
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
  if (typeof source === 'string') filePath('source', source)
  const name = typeof source === 'string' ? source : 'the model'
  // A copy: what was checked is what is loaded.
  const model = typeof source === 'string' ? await read(source) : copyOfModel(name, source)
  const metadata = readDetectorFile(model, name)
  const pool = new Pool({ workers: 1, device, signal })
  try {
    return await new Promise((resolve, reject) => {
      // The job keeps its worker until the pool is closed.
      pool
        .run(`scoring with ${name}`, async (worker) => {
          const device = await pool.device()
          const session = await worker.open(model, 'loading').catch(graphFailed(name, device))
          resolve(new Detector(metadata, pool, session, name))
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

/** As {@link sessionScores}. Errors: those, and `NOT_A_NUMBER` with the sample whose score is NaN. */
export async function scoreSession(
  session: RemoteSession,
  features: Float32Array,
  sample: readonly number[],
): Promise<Scored> {
  const scored = await sessionScores(session, features, sample)
  const i = scored.scores.findIndex(Number.isNaN)
  if (i === -1) return scored
  throw new ScoringBiasError('NOT_A_NUMBER', `the score of sample ${i} is NaN. Check the features of that sample`)
}

/**
 * Scores samples with a saved detector's session, block by block.
 *
 * @param features [n, …sample], row-major, as the user has them; read until the end
 *
 * Errors: `SHAPE_MISMATCH` when the features do not fill whole samples.
 */
export async function sessionScores(
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
    const nBlock = block.length / size
    const outputs = await session.run({ x: value('float32', block, [nBlock, ...sample]) })
    const { data } = requireOutput(outputs, 'score', 'float32', nBlock)
    const flags = requireOutput(outputs, 'flagged', 'bool', nBlock).data
    for (let i = from; i < to; i++) {
      scores[i] = Number(data[i - from])
      flagged[i] = Number(flags[i - from])
    }
  }
  return { scores, flagged }
}

/** An output as the file says that it is. Errors: `BAD_FILE` for another one: ONNX Runtime takes what a graph declares on trust. */
function requireOutput(outputs: Values, name: string, dtype: TensorValue['dtype'], n: number): TensorValue {
  const output = outputOf(outputs, name)
  if (output.dtype === dtype && output.dims.length === 1 && output.dims[0] === n) return output
  const given = `${output.dtype} [${output.dims.join(', ')}]`
  throw new ScoringBiasError('BAD_FILE', `the output ${name} must be ${dtype} [${n}], but is ${given}`)
}

/** Throws what is wrong with a graph as the fault of its file; any other error as it is. */
function graphFailed(name: string, device: Device): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ScoringBiasError)) throw error
    if (error.cause instanceof GraphError) {
      const [reason] = error.cause.message.trim().split('\n')
      const where = deviceTitle(device)
      throw new ScoringBiasError('BAD_FILE', `the graph of ${name} does not run on ${where}: ${reason}`, {
        cause: error,
      })
    }
    if (error.code === 'BAD_FILE') throw new ScoringBiasError('BAD_FILE', `${name}: ${error.message}`, { cause: error })
    throw error
  }
}

/** Of a file. A network of a hundred million weights fits. */
const maxBytes = 1 << 29

async function read(path: string): Promise<Uint8Array> {
  requireSize(path, (await requireFile(path)).size)
  return readFile(path).catch(cannotRead(path))
}

function copyOfModel(name: string, bytes: Uint8Array): Uint8Array {
  requireSize(name, bytes.length)
  return copyOf(name, () => new Uint8Array(bytes))
}

function requireSize(name: string, bytes: number): void {
  if (bytes <= maxBytes) return
  throw new ScoringBiasError('BAD_FILE', `${name} has ${bytes} bytes; a detector has ${maxBytes} at most`)
}
