import { InferenceSession, Tensor } from 'onnxruntime-node'
import { ScoringBiasError } from '../errors.js'
import type { DType } from '../graph/tensor.js'
import { cudaProviderInstalled } from './cudaProvider.js'
import type { Device, DeviceRequest } from './device.js'
import type { Elements, TensorValue, Values } from './value.js'

/** A graph loaded for execution. `run` blocks its thread until the graph has run: keep sessions in worker threads. */
export class Session {
  readonly device: Device
  readonly #session: InferenceSession

  private constructor(session: InferenceSession, device: Device) {
    this.#session = session
    this.device = device
  }

  /**
   * Loads a model (ModelProto bytes). One thread computes each session: parallelism comes from several workers.
   * Errors: `NO_CUDA` when CUDA was asked for and its provider is missing or does not open.
   */
  static async open(
    model: Uint8Array,
    request: DeviceRequest,
    cudaInstalled = cudaProviderInstalled(),
  ): Promise<Session> {
    if (request === 'cpu' || (request === 'auto' && !cudaInstalled))
      return new Session(await create(model, 'cpu'), 'cpu')
    if (!cudaInstalled) throw noCuda('its provider is not installed')
    try {
      return new Session(await create(model, 'cuda'), 'cuda')
    } catch (cause) {
      if (request === 'cuda')
        throw noCuda(`its provider did not open (${cause instanceof Error ? cause.message : cause})`, cause)
      return new Session(await create(model, 'cpu'), 'cpu')
    }
  }

  async run(feeds: Values): Promise<Values> {
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

function create(model: Uint8Array, device: Device): Promise<InferenceSession> {
  return InferenceSession.create(model, {
    executionProviders: [device],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Warnings about initializers and provider fallbacks are not the user's business; errors are thrown.
    logSeverityLevel: 3,
    // This fusion keeps the scale in a float32 attribute, which costs float64 graphs half their digits.
    extra: { optimization: { disable_specified_optimizers: 'MatMulScaleFusion' } },
  })
}

function noCuda(why: string, cause?: unknown): ScoringBiasError {
  return new ScoringBiasError(
    'NO_CUDA',
    `device 'cuda' cannot be used: ${why}. Install the provider with ` +
      '`ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node --foreground-scripts` ' +
      "(Linux x64, CUDA 12 and cuDNN 9), or choose device 'auto' or 'cpu'",
    { cause },
  )
}
