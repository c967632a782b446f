import { join } from 'node:path'
import { abortSignal, folderPath, type OptionChecks, requireOptions } from '../../check.js'
import type { Reproduction } from '../../paper/types.js'
import { writeFileAtomic } from '../../writeFile.js'
import { jsonText } from '../jsonText.js'
import { type ReportOptions, reportChecks } from '../page.js'
import { requireAnswer } from '../requireAnswer.js'
import { reproductionCsv } from './reproductionCsv.js'
import { reproductionJson } from './reproductionJson.js'
import { reproductionReport } from './reproductionReport.js'
import { reproductionSvg } from './reproductionSvg.js'

export interface WriteReproductionOptions extends ReportOptions {
  readonly signal?: AbortSignal | undefined
}

const writeReproductionChecks: OptionChecks<WriteReproductionOptions> = { ...reportChecks, signal: abortSignal }

/** Endings of the files that `writeReproduction` writes, the first of figures alone. */
export const writtenEndings = ['svg', 'html', 'csv', 'json'] as const

/** What `writeReproduction` wrote. */
export interface WrittenReproduction {
  /** Names in the folder. */
  readonly files: readonly string[]
  /** The figure, where it is one. */
  readonly svg?: string
}

/**
 * Writes a repeated item into a folder that is there: `ITEM.html`, `ITEM.csv` and `ITEM.json`, and of a figure `ITEM.svg`.
 * Errors: `BAD_FILE`, `ABORTED`; `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function writeReproduction(
  folder: string,
  result: Reproduction,
  options?: WriteReproductionOptions,
): Promise<WrittenReproduction> {
  const { command, signal } = requireOptions('writeReproduction', options, writeReproductionChecks)
  folderPath('folder', folder)
  requireAnswer('writeReproduction', result, 'reproduce')
  const svg = await reproductionSvg(result)
  const contents: Readonly<Record<(typeof writtenEndings)[number], string | undefined>> = {
    svg,
    html: await reproductionReport(result, { command }),
    csv: reproductionCsv(result),
    json: `${jsonText(reproductionJson(result))}\n`,
  }
  const files: string[] = []
  for (const ending of writtenEndings) {
    const text = contents[ending]
    if (text === undefined) continue
    const name = `${result.item}.${ending}`
    await writeFileAtomic(join(folder, name), text, { signal })
    files.push(name)
  }
  return { files, ...(svg !== undefined && { svg }) }
}
