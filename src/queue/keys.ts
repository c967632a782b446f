/** The one queue of all studies, in BullMQ's words. */
export const queueName = 'scoring-bias'

/** Everything of this package in a Redis begins like this; BullMQ's keys too. */
export const prefix = 'scoring-bias'

/** The workers that live: their identities with what `WorkerNews` says, as JSON. */
export const workersKey = `${prefix}:workers`

/** Who coordinates a study, by the digest of its tasks. */
export const coordinatorKey = (study: string) => `${prefix}:coordinator:${study}`

/** Results of a study that its coordinator has not stored yet, oldest first: a unit's id, then the bytes of its result. */
export const resultsKey = (study: string) => `${prefix}:results:${study}`

/** Told of every result: the study. */
export const resultsChannel = `${prefix}:results`

/** Why workers cannot train a unit, by worker. */
export const refusalsKey = (job: string) => `${prefix}:refusals:${job}`

/** Of a study's unit. BullMQ allows no colon. */
export const jobId = (study: string, unit: string) => `${study.slice(0, 16)}-${unit}`

/** How long what nobody fetches stays. */
export const keptMs = 24 * 3600 * 1000

/** How often a process says that it lives, and after how long without a word it does not. */
export const beatMs = 3000
export const silentMs = 5 * beatMs

/** What a worker says of itself. */
export interface WorkerNews {
  readonly host: string
  readonly pid: number
  /** Units that it trains at a time. */
  readonly slots: number
  readonly running: number
  /** By the clock of Redis, in milliseconds. */
  readonly at: number
}
