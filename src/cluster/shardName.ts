import process from 'node:process'
import { record, text as requireText } from '../check.js'
import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'

/** A part of the units of a command. */
export interface Shard {
  /** From 1. */
  readonly index: number
  readonly count: number
}

/** How a scheduler tells a job of an array which one it is. */
interface Scheduler {
  readonly name: string
  /** Of the number of the job. */
  readonly index: string
  /** What the first job has, or the variable that has it. */
  readonly first: number | string
  /** Of how much the number rises from job to job, and how many jobs there are; undefined where nothing says so. */
  readonly step?: string
  readonly count?: string
  /** Of the last job, where an array may have gaps. */
  readonly last?: string
  /** How to say how many there are. */
  readonly remedy: string
}

const schedulers: readonly Scheduler[] = [
  {
    name: 'Slurm',
    index: 'SLURM_ARRAY_TASK_ID',
    first: 'SLURM_ARRAY_TASK_MIN',
    step: 'SLURM_ARRAY_TASK_STEP',
    count: 'SLURM_ARRAY_TASK_COUNT',
    last: 'SLURM_ARRAY_TASK_MAX',
    remedy: 'Give the shard itself, as in --shard $SLURM_ARRAY_TASK_ID/20',
  },
  {
    name: 'Kubernetes',
    index: 'JOB_COMPLETION_INDEX',
    first: 0,
    // Not set by Kubernetes: the template of docs/cluster.md does.
    count: 'JOB_COMPLETIONS',
    remedy: "Give the job's completions, as in --shard auto/20",
  },
  {
    name: 'AWS Batch',
    index: 'AWS_BATCH_JOB_ARRAY_INDEX',
    first: 0,
    count: 'AWS_BATCH_JOB_ARRAY_SIZE',
    remedy: 'Give the size of the array, as in --shard auto/20',
  },
  {
    name: 'GNU parallel',
    index: 'PARALLEL_SEQ',
    first: 1,
    remedy: 'Give the number of jobs, as in --shard auto/20',
  },
]

/** Variables of the process that was started. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The shard that a text names: `3/20`; `auto`, which the variables of Slurm, Kubernetes, AWS Batch or GNU parallel decide; or
 * `auto/20` where they do not say how many there are.
 *
 * @param environment the variables of the process that a scheduler started; default: those of this process
 *
 * Errors: `WRONG_TYPE`; `OUT_OF_RANGE` for what is no shard, a shard beyond their number, and where no scheduler, or more than one, or
 * none that says enough started this process.
 *
 * @example
 * const shard = shardOf('3/20')
 */
export function shardOf(text: string, environment: Environment = process.env): Shard {
  requireText('text', text)
  record('environment', environment)
  const [, index = '', slash, count = ''] = /^([^/]*)(\/?)(.*)$/s.exec(text.trim()) ?? []
  if (index === 'auto') return automatic(slash === '/' ? whole(text, count) : undefined, environment)
  return inRange(`--shard ${text}`, { index: whole(text, index), count: whole(text, count) })
}

function whole(text: string, part: string): number {
  if (/^\d{1,9}$/.test(part)) return Number(part)
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `'${text}' is no shard. Give its number and how many there are, as in --shard 3/20, or --shard auto in an array job`,
  )
}

function inRange(what: string, { index, count }: Shard, remedy = ''): Shard {
  if (count >= 1 && index >= 1 && index <= count) return { index, count }
  const range =
    count >= 1 ? `Shards of ${count} are 1/${count} to ${count}/${count}` : 'There must be at least one shard'
  throw new ScoringBiasError('OUT_OF_RANGE', `${what} is out of range. ${range}${remedy}`)
}

function automatic(given: number | undefined, environment: Environment): Shard {
  const found = schedulers.filter(({ index }) => environment[index] !== undefined)
  const [scheduler, other] = found
  if (scheduler === undefined) {
    const variables = schedulers.map(({ index }) => index).join(', ')
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `--shard auto needs a job of an array, and none of ${variables} is set. Give the shard itself, as in --shard 3/20`,
    )
  }
  if (other !== undefined) {
    const which = found.map(({ name, index }) => `${index} of ${name}`).join(' and ')
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `--shard auto is ambiguous: ${which} are set. Give the shard itself, as in --shard $${scheduler.index}/20`,
    )
  }
  return shardIn(scheduler, given, environment)
}

/** The shard that a scheduler's variables say. */
function shardIn({ name, ...of }: Scheduler, given: number | undefined, environment: Environment): Shard {
  const read = (variable: string): number => {
    const value = environment[variable]
    if (value !== undefined && /^\d{1,9}$/.test(value)) return Number(value)
    const fault = value === undefined ? 'is not set' : `is '${value}', not a whole number`
    throw new ScoringBiasError('OUT_OF_RANGE', `${variable} of ${name} ${fault}. ${of.remedy}`)
  }
  const known = of.count === undefined || environment[of.count] === undefined ? undefined : read(of.count)
  const count = given ?? known
  if (count === undefined)
    throw new ScoringBiasError('OUT_OF_RANGE', `${name} does not say how many jobs there are. ${of.remedy}`)
  if (known !== undefined && known !== count) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `--shard auto/${count} is for ${count} jobs, and ${of.count} of ${name} is ${known}. ${of.remedy}`,
    )
  }
  const first = typeof of.first === 'number' ? of.first : read(of.first)
  const step = of.step === undefined || environment[of.step] === undefined ? 1 : read(of.step)
  if (of.last !== undefined && environment[of.last] !== undefined && known !== undefined) {
    const last = read(of.last)
    if (first + (known - 1) * step !== last) {
      throw new ScoringBiasError(
        'OUT_OF_RANGE',
        `the array of ${name} has gaps: ${counted(known, 'job')} from ${first} to ${last} in steps of ${step}. ${of.remedy}`,
      )
    }
  }
  const place = (read(of.index) - first) / step
  if (!Number.isInteger(place)) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${of.index} of ${name} is ${environment[of.index]}, which is none of ${first}, ${first + step}, … ${of.remedy}`,
    )
  }
  const what = `${of.index}=${environment[of.index]} of ${name}, counted from ${first},`
  return inRange(what, { index: place + 1, count }, `. ${of.remedy}`)
}
