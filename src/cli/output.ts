import type { ReportOptions } from '../report/page.js'
import { checkWritable, writeFileAtomic } from '../writeFile.js'
import type { CliContext } from './context.js'
import { quoted } from './flags.js'

export const jsonFlag = ['--json', 'print the result as one JSON object'] as const

/** The command as it can be pasted into a shell. */
export function commandLine({ args }: CliContext): string {
  return ['scoring-bias', ...args].map(quoted).join(' ')
}

/** Requires, before any work is done, that files which are asked for can be written. Errors: those of `checkWritable`. */
export async function checkPaths(...paths: readonly (string | false | undefined)[]): Promise<void> {
  for (const path of paths) if (typeof path === 'string') await checkWritable(path)
}

/** A result on paper: as a page, or as the picture on it. */
export interface Paper {
  readonly html: (options: ReportOptions) => Promise<string>
  readonly svg?: () => Promise<string | undefined>
}

/**
 * Writes a page where one is asked for, or the picture alone if the path ends in `.svg`. Returns what to say of it, nothing
 * where none was asked for.
 */
export async function writePaper(
  path: string | false | undefined,
  { html, svg }: Paper,
  context: CliContext,
): Promise<string> {
  if (typeof path !== 'string') return ''
  const picture = path.endsWith('.svg') ? await svg?.() : undefined
  const contents = picture ?? (await html({ command: commandLine(context) }))
  await writeFileAtomic(path, contents, { signal: context.signal })
  return `Report written to ${path}.\n`
}
