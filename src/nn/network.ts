import type { Module } from './module.js'

/** A network as detectors use it: an encoder φ to a code vector, and a decoder that undoes it. */
export interface Network {
  /** Names the architecture in files and messages. */
  readonly name: string
  /** Says its sizes too, as in `mlp 36-32-16-8`. */
  readonly title: string
  /** Shape of one sample. */
  readonly sample: readonly number[]
  /** Samples to codes [R, B, code]. */
  readonly encoder: Module
  /** Codes to reconstructions of the samples, before the output activation. */
  readonly decoder: Module
}
