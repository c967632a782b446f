import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import { counted } from '../counted.js'
import type { Imputation } from '../data/core/columnScale.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import { readLabelledTable } from '../data/tables/readLabelledTable.js'
import { ScoringBiasError } from '../errors.js'
import { redisPlace } from '../queue/redis.js'
import { type DeviceRequest, workersOn } from '../runtime/device.js'
import { imputeFlag, oneHotFlag } from './dataSource.js'
import { flagName, names, number } from './flags.js'
import type { CliContext } from './output.js'
import { noticesTo } from './queueFlag.js'
import { deviceFlag, workersFlag } from './trainingFlags.js'

interface WorkerFlags {
  workers?: number
  device?: DeviceRequest
  dataDir?: string
  table?: string
  label?: string
  ignore?: string[]
  oneHot?: string[]
  impute?: Imputation
  lock: number
  quiet?: true
}

/** `scoring-bias worker <url>`: trains what studies with `--queue` put into a queue. */
export function workerCommand(context: CliContext): Command {
  return new Command('worker')
    .description('train what studies with --queue put into a queue, until it is interrupted')
    .argument('<url>', 'address of the Redis server, as in redis://localhost:6379 or rediss://:password@host:6379')
    .option(...workersFlag)
    .addOption(deviceFlag('train'))
    .option('--data-dir <folder>', "folder with the data sets' files")
    .option('--table <path>', 'a file of samples, for studies of that file')
    .option('--label <column>', "the file's column of classes (default: label, if there is one)")
    .option('--ignore <columns>', 'columns of the file that are no features, with commas', names)
    .option(...oneHotFlag)
    .addOption(imputeFlag())
    .option('--lock <seconds>', 'how long others leave the units alone of a worker that is silent', number, 30)
    .option('--quiet', 'say nothing until the end')
    .action((url: string, flags: WorkerFlags) => work(url, flags, context))
}

async function work(url: string, flags: WorkerFlags, { stdout, stderr, signal }: CliContext): Promise<void> {
  const { workers = availableParallelism(), device, dataDir, lock, quiet } = flags
  if (!(lock >= 1 && lock <= 86_400)) {
    throw new ScoringBiasError('OUT_OF_RANGE', `--lock must be from 1 to 86400 seconds, got ${lock}`)
  }
  const place = redisPlace(url)
  const tables = await tablesOf(flags, signal)
  const onNotice = quiet ? undefined : noticesTo(stderr)
  // With what trains, which --help and a refused argument do not need.
  const { workOnQueue } = await import('../queue/workOnQueue.js')
  const onReady = () =>
    onNotice?.(`Training ${counted(workersOn(device, workers), 'unit')} at a time for ${place}. Ctrl-C gives them back`)
  const lockMs = Math.round(lock * 1000)
  const told = { onReady, onNotice }
  const { trained, refused } = await workOnQueue({ url, signal, workers, device, dataDir, tables, lockMs, ...told })
  const left = refused === 0 ? '' : `, left ${refused} to others`
  stdout.write(`Trained ${counted(trained, 'unit')}${left}.\n`)
}

/** The table that a worker has, if it has one. */
async function tablesOf(flags: WorkerFlags, signal: AbortSignal): Promise<LabelledTable[]> {
  const { table: path, label, ignore, oneHot, impute } = flags
  if (path !== undefined)
    return [await readLabelledTable(path, { label, labelled: true, ignore, oneHot, impute, signal })]
  const unused = Object.entries({ label, ignore, oneHot, impute }).find(([, value]) => value !== undefined)
  if (unused === undefined) return []
  throw new ScoringBiasError('OUT_OF_RANGE', `--${flagName(unused[0])} is for the file of --table, and there is none`)
}
