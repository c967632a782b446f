import { availableParallelism } from 'node:os'
import {
  abortSignal,
  callback,
  integer,
  list,
  type OptionChecks,
  oneOf,
  record,
  required,
  requireOptions,
  text,
} from '../check.js'
import { UnitRunner } from '../cluster/runUnit.js'
import { type LabelledTable, tableDigest } from '../data/tables/labelledTable.js'
import { type DeviceRequest, deviceRequests } from '../runtime/device.js'
import { ThreadTrainer } from '../study/trainer/trainScenarios.js'
import { redisPlace } from './redis.js'
import { type Served, serveUnits } from './serveUnits.js'

/** Options of `workOnQueue`. */
export interface WorkOnQueueOptions {
  /** Of the Redis server, with its password if it has one. */
  readonly url: string
  /** When it fires, the units that are in training go back to the queue, and the worker ends. */
  readonly signal: AbortSignal
  /** Units that are trained at a time, each in a thread, 1 … 1,024; default: one for each processor. */
  readonly workers?: number | undefined
  /** Default `auto`. */
  readonly device?: DeviceRequest | undefined
  /** Folder with the data sets' files. */
  readonly dataDir?: string | undefined
  /** Tables of the caller's, for studies of them: units name their samples by SHA-256. */
  readonly tables?: readonly LabelledTable[] | undefined
  /** Milliseconds for which others leave the units alone of a worker that is silent, 1,000 … 86,400,000, default 30,000. */
  readonly lockMs?: number | undefined
  /** Told once, when there is a connection. */
  readonly onReady?: (() => void) | undefined
  /** What people should know while it goes on, a sentence. */
  readonly onNotice?: ((text: string) => void) | undefined
}

const checks: OptionChecks<WorkOnQueueOptions> = {
  url: required(text),
  signal: required(abortSignal),
  workers: integer(1, 1024),
  device: oneOf('device', deviceRequests),
  dataDir: text,
  tables: list(record),
  lockMs: integer(1000, 86_400_000),
  onReady: callback,
  onNotice: callback,
}

/**
 * Trains what `trainByQueue` puts into a queue, until the signal fires. A worker may be killed at any time: its unit goes to another
 * one. What it may not train, for lack of data, another version or other arithmetic, it leaves to others.
 *
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE` for options; `NO_QUEUE` where no server answers, or it refuses the password;
 * `NOT_INSTALLED`, `NO_DEVICE`, `ABORTED` where the signal fires before there is a connection.
 *
 * @example
 * const { trained } = await workOnQueue({ url: 'redis://localhost:6379', signal: AbortSignal.timeout(3_600_000) })
 */
export async function workOnQueue(options: WorkOnQueueOptions): Promise<Served> {
  const given = requireOptions('workOnQueue', options, checks)
  const { url, signal, workers = availableParallelism(), device, dataDir, tables = [], ...told } = given
  redisPlace(url)
  const byDigest = new Map(tables.map((table) => [tableDigest(table), table]))
  const trainer = new ThreadTrainer({ workers, device, signal })
  try {
    // A device that is not there ends the worker before it takes a unit.
    await trainer.device()
    // They load ONNX Runtime before there is a unit.
    trainer.start()
    const runner = new UnitRunner({ trainer, dataDir, tables: async ({ sha256 }) => byDigest.get(sha256), signal })
    return await serveUnits({ url, slots: trainer.workers, signal, ...told, run: (unit) => runner.run(unit) })
  } finally {
    await trainer.close()
  }
}
