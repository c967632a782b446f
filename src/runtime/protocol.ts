import type { ErrorCode } from '../errors.js'
import type { DeviceRequest } from './device.js'
import type { Values } from './value.js'

/** What the main thread asks of a worker thread. */
export type Request = { readonly id: number; readonly session: number } & (
  | { readonly kind: 'open'; readonly model: Uint8Array; readonly device: DeviceRequest }
  | { readonly kind: 'bind'; readonly values: Values }
  | { readonly kind: 'run'; readonly feeds: Values }
  | { readonly kind: 'release' }
)

/** Ends the worker thread; nothing is answered. */
export interface Farewell {
  readonly kind: 'exit'
}

export interface Answer {
  /** Of a session that was opened. */
  readonly device?: string
  /** Of a run. */
  readonly values?: Values
}

export type Reply =
  | { readonly id: number; readonly result: Answer; readonly error?: never }
  | {
      readonly id: number
      readonly result?: never
      readonly error: { readonly code: ErrorCode | undefined; readonly message: string }
    }
