import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import { UnitRunner } from '../cluster/runUnit.js'
import { counted } from '../counted.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import { tableDigest } from '../data/tables/labelledTable.js'
import { readLabelledTable } from '../data/tables/readLabelledTable.js'
import { ScoringBiasError } from '../errors.js'
import { redisPlace } from '../queue/redis.js'
import { serveUnits } from '../queue/serveUnits.js'
import type { DeviceRequest } from '../runtime/device.js'
import { ThreadTrainer } from '../study/trainer/trainScenarios.js'
import { names, number } from './flags.js'
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
  const tables = await tableOf(flags, signal)
  const trainer = new ThreadTrainer({ workers, device, signal })
  try {
    // A device that is not there ends the command before it takes a unit.
    await trainer.device()
    const runner = new UnitRunner({ trainer, dataDir, tables, signal })
    const onNotice = quiet ? undefined : noticesTo(stderr)
    onNotice?.(`Training ${counted(trainer.workers, 'unit')} at a time for ${place}. Ctrl-C gives them back`)
    const { trained, refused } = await serveUnits({
      ...{ url, slots: trainer.workers, lockMs: lock * 1000, signal, onNotice },
      run: (description) => runner.run(description),
    })
    const left = refused === 0 ? '' : `, left ${refused} to others`
    stdout.write(`Trained ${counted(trained, 'unit')}${left}.\n`)
  } finally {
    await trainer.close()
  }
}

/** The table that a worker has, for whoever asks for it by its digest. */
async function tableOf(
  { table: path, label, ignore }: WorkerFlags,
  signal: AbortSignal,
): Promise<((data: { readonly sha256: string }) => Promise<LabelledTable | undefined>) | undefined> {
  if (path === undefined) {
    const unused = label !== undefined ? '--label' : ignore !== undefined ? '--ignore' : undefined
    if (unused === undefined) return undefined
    throw new ScoringBiasError('OUT_OF_RANGE', `${unused} is for the file of --table, and there is none`)
  }
  const table = await readLabelledTable(path, { label, labelled: true, ignore, signal })
  const digest = tableDigest(table)
  return async ({ sha256 }) => (sha256 === digest ? table : undefined)
}
