import { requireOptions } from '../../check.js'
import { type ReportOptions, reportChecks } from '../pageParts.js'
import { enumerate, versionList } from '../words.js'
import { allDataLines, doneOf, type GalleryEntry } from './galleryEntry.js'
import { reproductionText } from './reproductionText.js'
import { itemLabel, notesOf, reproductionAnswer, sentence, simulatedWords, workWords } from './reproductionWords.js'

/**
 * The gallery as Markdown, for places that show that of a folder: what came out in a table, then tables as text and figures
 * as images, each with the files of its data. The files are those that `writeReproduction` put beside it.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export function reproductionMarkdown(entries: readonly GalleryEntry[], options?: ReportOptions): string {
  const { command } = requireOptions('reproductionMarkdown', options, reportChecks)
  const done = doneOf(entries)
  const made = [...(command === undefined ? [] : [`made by \`${command}\``]), ...done.slice(0, 1).flatMap(versionList)]
  return `${[
    '# The paper, repeated',
    `Tables and figures of Ye, Chen and Zheng, “Understanding the Effect of Bias in Deep Anomaly Detection” (IJCAI 2021), ${enumerate(made)}.`,
    ['| item | what | outcome |', '|---|---|---|', ...entries.map(outcome)].join('\n'),
    ...entries.flatMap(section),
    ...allDataLines(done),
  ].join('\n\n')}\n`
}

function outcome({ result }: GalleryEntry): string {
  const told = result.kind === 'failure' ? '**Not repeated.**' : reproductionAnswer(result)
  return `| [${itemLabel(result.item)}](#${result.item}) | ${result.title}${simulated(result)} | ${told} |`
}

function section({ result, files = [] }: GalleryEntry): string[] {
  const heading = `<a id="${result.item}"></a>\n\n## ${itemLabel(result.item)}: ${result.title}${simulated(result)}`
  if (result.kind === 'failure') return [heading, `**Not repeated.** ${result.reason}`]
  const drawn = files.find((file) => file.endsWith('.svg'))
  const csv = files.find((file) => file.endsWith('.csv'))
  const told = `${sentence(workWords(result))}${csv === undefined ? '' : ` Data: [${csv}](${csv}).`}`
  if (drawn === undefined) return [heading, `\`\`\`\n${reproductionText(result)}\n\`\`\``, told]
  return [
    heading,
    `![${reproductionAnswer(result)}](${drawn})`,
    [reproductionAnswer(result), ...notesOf(result), ...result.warnings.map(sentence), told].join(' '),
  ]
}

function simulated(result: GalleryEntry['result']): string {
  const words = result.kind === 'failure' ? '' : simulatedWords(result)
  return words === '' ? '' : ` (${words})`
}
