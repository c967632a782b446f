import { execFile } from 'node:child_process'
import { abortedError } from '../abort.js'
import { reasonOf } from '../errors.js'
import { input, mul } from '../graph/ops.js'
import { encodeModel } from '../onnx/encode.js'
import { onnxruntimeFile } from '../version.js'
import { didNotOpen, noDevice } from './noDevice.js'
import type { Provider } from './providers/provider.js'
import { telemetryOff } from './telemetry.js'

/** A small model to try a device with. */
export function probeModel(): Uint8Array {
  const x = input('x', 'float32', ['N'])
  return encodeModel('probe', [x], { y: mul(x, 2) })
}

/** After so long a driver hangs: one that compiles on a slow machine takes seconds. */
const timeoutMs = 120_000

/** The program of the process: prints why no session opens and computes, or nothing. */
const program = `
const [entry, model, options] = process.argv.slice(1)
const print = (why) => process.stdout.write(why, () => process.exit())
try {
  const { InferenceSession, Tensor } = (await import(entry)).default
  const session = await InferenceSession.create(Buffer.from(model, 'base64'), JSON.parse(options))
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 2), [2]) })
  print(y.data[0] === 2 && y.data[1] === 4 ? '' : 'it computes 2·(1, 2) = (' + y.data.join(', ') + ')')
} catch (error) {
  print(error instanceof Error ? error.message : String(error))
}`

/**
 * Opens a session on a device and runs it, in a process of its own: what drivers print of themselves is read and not shown, and a
 * driver that crashes does not take this process with it. 0.2 s; several times as long where shaders are compiled on a CPU.
 * Errors: `NO_DEVICE` with the reason and the way out, `ABORTED`.
 */
export async function tryDevice(provider: Provider, signal?: AbortSignal): Promise<void> {
  if (provider.absence === undefined) return
  const absence = provider.absence()
  if (absence !== undefined) throw noDevice(provider, absence)
  const why = await failureOf(provider, signal)
  if (why !== '') throw didNotOpen(provider, why)
}

function failureOf(provider: Provider, signal: AbortSignal | undefined): Promise<string> {
  const options = { ...provider.sessionOptions(), logSeverityLevel: 4 }
  const given = [onnxruntimeFile(), Buffer.from(probeModel()).toString('base64'), JSON.stringify(options)]
  const args = ['--input-type=module', '--eval', program, ...given]
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { env: { ...process.env, ...telemetryOff() }, timeout: timeoutMs, signal },
      (error, stdout) => {
        if (signal?.aborted) reject(abortedError(signal))
        else if (error === null) resolve(stdout)
        else if (error.killed) resolve(`it did not answer within ${timeoutMs / 1000} s`)
        else if (typeof error.code === 'string') resolve(`no process starts to try it: ${reasonOf(error)}`)
        else resolve(`trying it crashed: ${error.signal ?? `exit code ${error.code}`}`)
      },
    )
  })
}
