import { setImmediate } from 'node:timers/promises'
import { abortedError, throwIfAborted } from '../abort.js'
import { callback, show, wrongType } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { type OnProgress, readingProgress } from '../progress.js'
import { type CollectedScores, ScoreCollector } from './scoreCollector.js'

/** A sample with its scores under the detectors' names. */
export interface ScoreRow {
  /** 0 or false for normal, 1 or true for anomalous, or, where the normal class is named, the name of its class. */
  readonly label: number | boolean | string
  readonly class?: string | number | undefined
  /** `validation` or `test`. */
  readonly split?: string | undefined
  readonly [detector: string]: unknown
}

/** Rows as they come: an async iterable, such as a stream of objects, or what there is already. */
export type ScoreRows = AsyncIterable<ScoreRow> | Iterable<ScoreRow>

/** Whether a value is rows, and not an object of arrays. An array of numbers is neither. */
export function isRows(value: object): value is ScoreRows {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  return makerOf(value) !== undefined
}

/** What makes an iterator of a value; undefined where nothing does. */
function makerOf(value: object): (() => unknown) | undefined {
  return [Symbol.asyncIterator, Symbol.iterator]
    .map((key) => Reflect.get(value, key))
    .find((maker) => typeof maker === 'function')
}

export interface ScoreRowsOptions {
  /** What messages call the rows. */
  readonly name: string
  readonly detectors: readonly string[]
  readonly normal?: string | undefined
  /** Whether a score that is missing, or NaN, is NaN and not refused. */
  readonly mayMiss?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Told of the rows after every 4,096 and at the end. */
  readonly onProgress?: OnProgress | undefined
}

const rowsBetweenReports = 4096

/**
 * Collects the scores of rows as they come; memory is 8 bytes for each detector and row. Whether rows have a class and a
 * split is as the first one has it. On an error or abort the source is closed: a stream is destroyed.
 *
 * Errors: `WRONG_TYPE` and `NOT_A_NUMBER` with the row, from 1, `BAD_FILE` for a label, class or split, `EMPTY_SAMPLE`,
 * `UNKNOWN_CLASS`, `ABORTED`, and what the source itself throws.
 */
export async function collectRows(rows: ScoreRows, options: ScoreRowsOptions): Promise<CollectedScores> {
  const { name, detectors, normal, mayMiss = false, signal, onProgress } = options
  let collector: ScoreCollector | undefined
  let n = 0
  for await (const row of abortable(name, rows, signal)) {
    n++
    if (typeof row !== 'object' || row === null) {
      throw new ScoringBiasError('WRONG_TYPE', `${name} row ${n}: must be an object { label, ${detectors.join(', ')} }`)
    }
    collector ??= new ScoreCollector({
      name,
      nDetectors: detectors.length,
      normal,
      hasClass: row.class !== undefined,
      hasSplit: row.split !== undefined,
    })
    const scores = detectors.map((detector) => scoreOf(row, detector, mayMiss, `${name} row ${n}`))
    const of = (key: string) => textOf(row, key, `${name} row ${n}`)
    const stores = collector.destination(of('label'), of('class'), of('split'))
    if (stores !== 'unused') {
      if ('problem' in stores) {
        const { problem, wayOut } = stores
        const ways = wayOut === undefined ? '' : `. ${wayOut}`
        throw new ScoringBiasError('BAD_FILE', `${name} row ${n}: ${problem}${ways}`)
      }
      scores.forEach((score, d) => {
        stores[d]?.push(score)
      })
    }
    if (n % rowsBetweenReports === 0) {
      onProgress?.(readingProgress(n))
      // Rows that are all there already must not keep the event loop from everything else.
      await setImmediate()
    }
  }
  if (collector === undefined) throw new ScoringBiasError('EMPTY_SAMPLE', `${name} has no rows`)
  onProgress?.(readingProgress(n))
  return collector.finish()
}

function scoreOf(row: ScoreRow, detector: string, mayMiss: boolean, place: string): number {
  const score = row[detector]
  if (mayMiss && (score === undefined || score === null || Number.isNaN(score))) return Number.NaN
  if (typeof score !== 'number') {
    const what = score === undefined ? 'is missing' : `is ${show(score)}, not a number`
    throw new ScoringBiasError('WRONG_TYPE', `${place}: score '${detector}' ${what}`)
  }
  if (Number.isNaN(score)) throw new ScoringBiasError('NOT_A_NUMBER', `${place}: score '${detector}' is NaN`)
  return score
}

function textOf(row: ScoreRow, key: string, place: string): string {
  const value = row[key]
  if (value === undefined || value === null) return ''
  if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') {
    throw wrongType(`${place}: the ${key}`, 'a text or a number', value)
  }
  return String(value)
}

/** The rows until the signal fires, also while one is waited for; the source is closed either way. */
async function* abortable(name: string, rows: ScoreRows, signal: AbortSignal | undefined): AsyncGenerator<ScoreRow> {
  throwIfAborted(signal)
  const source = iteratorOf(name, rows)
  let fail: (error: Error) => void = () => {}
  const stop = () => signal && fail(abortedError(signal))
  signal?.addEventListener('abort', stop, { once: true })
  let finished = false
  try {
    for (;;) {
      throwIfAborted(signal)
      // A promise of its own for each row: a race against one for all would keep every row.
      const next = await new Promise<IteratorResult<ScoreRow>>((resolve, reject) => {
        fail = reject
        Promise.resolve(source.next()).then(resolve, reject)
      })
      if (typeof next !== 'object' || next === null) {
        throw wrongType(`what the iterator of ${name} gives`, 'an object { value, done }', next)
      }
      if (next.done) {
        finished = true
        return
      }
      yield next.value
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    if (!finished) close(rows, source)
  }
}

/** Errors: `WRONG_TYPE` for an iterable without an iterator. */
function iteratorOf(name: string, rows: ScoreRows): AsyncIterator<ScoreRow> | Iterator<ScoreRow> {
  const source: unknown = makerOf(rows)?.call(rows)
  if (typeof source !== 'object' || source === null) throw wrongType(`the iterator of ${name}`, 'an object', source)
  callback(`the iterator of ${name}: next`, Reflect.get(source, 'next'))
  return source as AsyncIterator<ScoreRow> | Iterator<ScoreRow>
}

/** Asks the source to end. A generator that is busy does so when it next yields, which is not waited for. */
function close(rows: ScoreRows, source: AsyncIterator<ScoreRow> | Iterator<ScoreRow>): void {
  if ('destroy' in rows && typeof rows.destroy === 'function') rows.destroy()
  // One that throws must not hide why it is closed.
  else
    Promise.resolve()
      .then(() => source.return?.())
      .catch(() => {})
}
