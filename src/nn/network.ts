import { callback, integer, list, type OptionChecks, record, text } from '../check.js'
import type { Module } from './module.js'

/** A network as detectors use it: an encoder φ to a code vector, and a decoder that undoes it. */
export interface Network {
  /** Names the architecture in files and messages. */
  readonly name: string
  /** Says its sizes too, as in `mlp 36-32-16-8`, and what else is not as published, as in `mlp 36-32-16-8, leaky slope 0.2`. */
  readonly title: string
  /** Shape of one sample. */
  readonly sample: readonly number[]
  /** Samples to codes [R, B, code]. */
  readonly encoder: Module
  /** Codes to reconstructions of the samples, before the output activation. */
  readonly decoder: Module
}

const checks: OptionChecks<Network> = {
  name: text,
  title: text,
  sample: list(integer(1)),
  encoder: callback,
  decoder: callback,
}

/** Requires a network with all that it needs. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireNetwork(network: Network): Network {
  record('network', network)
  for (const [key, check] of Object.entries(checks)) check(`network.${key}`, network[key as keyof Network])
  return network
}

/**
 * A network of the caller's as it is now, or the name of one: what becomes of it later has no effect. Errors: those of {@link requireNetwork}.
 */
export function ownNetwork<T extends string | Network | undefined>(asked: T): T | Network {
  if (asked === undefined || typeof asked === 'string') return asked
  const { name, title, sample, encoder, decoder } = requireNetwork(asked)
  return { name, title, sample: [...sample], encoder, decoder }
}
