import { isMainThread } from 'node:worker_threads'
import { loadAddon } from '../loadAddon.js'
import type { Addon } from '../native.js'

/** Read by ONNX Runtime when it is loaded, from the environment of the process. */
const variable = 'ORT_DISABLE_TELEMETRY'

/**
 * Keeps ONNX Runtime from writing telemetry to the user's disk and sending it: call this before the library is loaded. A
 * user who has set `ORT_DISABLE_TELEMETRY` to anything (as `0`: telemetry on) is obeyed.
 */
export function disableTelemetry(): void {
  if (process.env[variable]) return
  process.env[variable] = '1'
  // A worker thread has only a copy of the environment.
  if (!isMainThread) loadAddon<Addon>().setDefaultEnvironment(variable, '1')
}

/** The same for a process that this one starts. */
export function telemetryOff(): Record<string, string> {
  return { [variable]: process.env[variable] || '1' }
}
