import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { at, requireKnown } from '../check.js'
import { reasonOf, ScoringBiasError } from '../errors.js'
import type { DType } from '../graph/tensor.js'
import { onnxruntimeFile } from '../version.js'
import { didNotOpen, noDevice } from './noDevice.js'
import type { Provider } from './providers/provider.js'
import { providers } from './providers.js'
import { disableTelemetry } from './telemetry.js'
import type { Elements, TensorValue, Values } from './value.js'

/**
 * Nothing else loads ONNX Runtime, and only worker threads call this. Errors: `NOT_INSTALLED` where it is not
 * installed, or does not load on this machine.
 */
export async function loadRuntime(): Promise<typeof import('onnxruntime-node')> {
  onnxruntimeFile()
  disableTelemetry()
  try {
    return await import('onnxruntime-node')
  } catch (cause) {
    const message =
      `onnxruntime-node does not load on ${process.platform} ${process.arch}: ${reasonOf(cause)}. ` +
      'It needs Windows, macOS on arm64, or Linux with glibc: there, install it anew with ' +
      '`npm install --ignore-scripts onnxruntime-node`'
    throw new ScoringBiasError('NOT_INSTALLED', message, { cause })
  }
}

/** A graph loaded for execution. `run` blocks its thread until the graph has run: keep sessions in worker threads. */
export class Session {
  /** Name of the provider that runs it. */
  readonly device: string
  readonly #session: InferenceSession

  private constructor(session: InferenceSession, device: string) {
    this.#session = session
    this.device = device
  }

  /**
   * Loads a model (ModelProto bytes). One thread computes each session: parallelism comes from several workers.
   *
   * @param device a name of the table
   *
   * Errors: `NO_DEVICE` where it is not installed or does not open.
   */
  static async open(model: Uint8Array, device: string, table: readonly Provider[] = providers): Promise<Session> {
    const names = table.map(({ name }) => name)
    const provider = at(table, names.indexOf(requireKnown('device', device, names)))
    return new Session(await createOn(provider, model), provider.name)
  }

  async run(feeds: Values): Promise<Values> {
    const { Tensor } = await loadRuntime()
    const tensors: Record<string, Tensor> = {}
    for (const [name, { dtype, data, dims }] of Object.entries(feeds)) tensors[name] = new Tensor(dtype, data, dims)
    const results = await this.#session.run(tensors)
    const values: Record<string, TensorValue> = {}
    for (const [name, tensor] of Object.entries(results)) {
      values[name] = { dtype: tensor.type as DType, data: tensor.data as Elements, dims: tensor.dims }
    }
    return values
  }

  async release(): Promise<void> {
    await this.#session.release()
  }
}

async function createOn(provider: Provider, model: Uint8Array): Promise<InferenceSession> {
  const absence = provider.absence?.()
  if (absence !== undefined) throw noDevice(provider, absence)
  try {
    return await create(provider, model)
  } catch (cause) {
    if (provider.absence === undefined) throw cause
    throw didNotOpen(provider, reasonOf(cause), cause)
  }
}

async function create(provider: Provider, model: Uint8Array): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime()
  return InferenceSession.create(model, {
    ...provider.sessionOptions(),
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Warnings about initializers and provider fallbacks are not the user's business; errors are thrown, and not printed too.
    logSeverityLevel: 4,
    // This fusion keeps the scale in a float32 attribute, which costs float64 graphs half their digits.
    extra: {
      optimization: { disable_specified_optimizers: 'MatMulScaleFusion' },
      // Bytes of ONNX Runtime's own format are not taken for a model: what was checked is what runs.
      session: { load_model_format: 'ONNX' },
    },
  })
}
