import { existsSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../abort.js'
import { at } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { shellWord } from '../flagText.js'
import { jsonText } from '../report/jsonText.js'
import type { ReportOptions } from '../report/page.js'
import type { StudyResult } from '../study/core/types.js'
import type { RunStudyOptions } from '../study/runStudy.js'
import { checkOutputs, filesWritten, targetOf, writeFileAtomic } from '../writeFile.js'
import type { OutputStream } from './processOutput.js'

/** What a command needs of the process it runs in. */
export interface CliContext {
  /** Arguments after the program's name. */
  readonly args: readonly string[]
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly signal: AbortSignal
  readonly runStudy: (options: RunStudyOptions) => Promise<StudyResult>
}

/** What a command gets besides. */
export interface CommandContext extends CliContext {
  /** Says what a command that comes to its end ends with, if not with 0. */
  readonly end: (code: number) => void
}

export const jsonFlag = ['--json', 'print the result as one JSON object'] as const

/** What a command gives its result as. */
export interface OutputFlags {
  /** False where a page is written by default, and was declined. */
  report?: string | false
  json?: true
}

/** The command as it can be pasted into a shell. */
export function commandLine({ args }: CliContext): string {
  return ['scoring-bias', ...args].map(shellWord).join(' ')
}

/** Files that streams of the process may come from or go to. */
const streams = ['/dev/stdin', '/dev/stdout', '/dev/stderr']

/**
 * Requires, before any work is done, that files which are asked for can be written, and replace neither each other nor
 * what is read. Errors: those of `checkOutputs`.
 *
 * @param outputs by their flags
 * @param inputs paths of files that are read, `-` for standard input
 */
export async function checkPaths(
  outputs: Readonly<Record<string, string | false | undefined>>,
  inputs: readonly string[] = [],
): Promise<void> {
  const files = Object.entries(outputs).flatMap(([flag, path]) => (typeof path === 'string' ? [[flag, path]] : []))
  const dash = files.find(([, path]) => path === '-')
  if (dash !== undefined)
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${dash[0]} is -, which would be a file of that name. For that, give ./-`,
    )
  await checkOutputs(Object.fromEntries(files), [...inputs.filter((path) => path !== '-'), ...streams])
}

/** The files of a store as outputs: DuckDB keeps a log beside it. */
export function storeOutputs(store: string | undefined) {
  return { '--store': store, "--store's log": store && `${store}.wal` }
}

/** Refuses the name of a picture for what has only a page: `OUT_OF_RANGE`. */
export function requirePage(path: OutputFlags['report'], why: string): void {
  if (typeof path !== 'string' || !path.endsWith('.svg')) return
  throw new ScoringBiasError('OUT_OF_RANGE', `--report ${path}: ${why}. Name an .html page`)
}

/** Of commands whose page has several pictures, and none that says it all. */
export const manyPictures = 'the report is a page with several pictures, which no .svg file can hold'

/** A result on paper: as a page, or as the picture on it. */
interface Paper {
  readonly html: (options: ReportOptions) => Promise<string>
  readonly svg?: () => Promise<string | undefined>
}

/** A result in the forms that a command gives it. */
export interface Answer extends Paper {
  readonly json: object
  readonly text: () => string
}

/**
 * Prints an answer, unless the command was interrupted: a signal that came while something was computed in one go is heard only now.
 * Errors: `ABORTED`.
 */
export async function print(text: string, { stdout, signal }: Pick<CliContext, 'stdout' | 'signal'>): Promise<void> {
  // Of two turns of the event loop the second one begins after signals were asked for.
  await setImmediate()
  await setImmediate()
  throwIfAborted(signal)
  stdout.write(text)
}

/** Prints a result, and then writes its page: should that fail, the answer is not lost. Returns what to say of the page. */
export async function give(answer: Answer, { json, report }: OutputFlags, context: CliContext): Promise<string> {
  await print(`${json ? jsonText(answer.json) : answer.text()}\n`, context)
  return writePaper(report, answer, context)
}

/**
 * Writes a page where one is asked for, or the picture alone if the path ends in `.svg`. Returns what to say of it, nothing
 * where none was asked for.
 */
export async function writePaper(
  path: OutputFlags['report'],
  { html, svg }: Paper,
  context: CliContext,
): Promise<string> {
  if (typeof path !== 'string') return ''
  const picture = path.endsWith('.svg') ? await svg?.() : undefined
  const contents = picture ?? (await html({ command: commandLine(context) }))
  await writeFileAtomic(path, contents, { signal: context.signal })
  return `Report written to ${path}.\n`
}

/** The flag of commands that keep what they train. */
export const storeFlag = [
  '--store <path>',
  'DuckDB file that keeps what is trained; if killed, it goes on from there',
] as const

/**
 * Does what trains with a store, if there is one; an interruption then tells where all that was trained is, and which of the
 * files that were asked for are there already.
 */
export async function keeping<T>(
  store: string | undefined,
  work: () => Promise<T>,
  files: readonly string[] = [],
): Promise<T> {
  const before = filesWritten().length
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ScoringBiasError && error.code === 'ABORTED') || !store || !existsSync(store)) throw error
    const written = new Set(filesWritten().slice(before))
    const targets = await Promise.all(files.map(targetOf))
    const whole = files.filter((_, i) => written.has(at(targets, i))).map((file) => `. ${file} is written, and whole`)
    const kept = `what was trained is in ${store}${whole.join('')}. The same command goes on from there`
    throw new ScoringBiasError('ABORTED', kept, { cause: error })
  }
}
