import { requireOptions } from '../../check.js'
import type { FailedReproduction, Reproduction } from '../../paper/types.js'
import { formatDuration } from '../format.js'
import { type Html, html } from '../html.js'
import { page, type ReportOptions, repeatPart, reportChecks, warningParts } from '../page.js'
import { requireEntries } from '../requireAnswer.js'
import { dataLines, enumerate, versionList, versionWords } from '../words.js'
import { reproductionBody } from './reproductionReport.js'
import { reproductionText } from './reproductionText.js'
import { itemLabel, notesOf, reproductionAnswer, sentence, simulatedWords, workWords } from './reproductionWords.js'

/**
 * Every repeated table and figure on one self-contained HTML page without script: what came out in a table, then each with
 * its caption, ours and the paper's, how much was done and how long it took. Items that failed are there with their reason.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export function reproductionGallery(entries: readonly GalleryEntry[], options?: ReportOptions): string {
  const { command } = requireOptions('reproductionGallery', options, reportChecks)
  requireEntries('reproductionGallery', entries)
  const title = 'The paper, repeated'
  const done = doneOf(entries)
  const failed = entries.flatMap(({ result }) => (result.kind === 'failure' ? [itemLabel(result.item)] : []))
  const seconds = done.reduce((sum, { elapsedSeconds }) => sum + elapsedSeconds, 0)
  const main = html`<header>
<h1>${title}</h1>
<p class="lede">${done.length} ${done.length === 1 ? 'table or figure' : 'tables and figures'} of Ye, Chen and Zheng, “Understanding the Effect of Bias in Deep Anomaly
Detection” (IJCAI 2021), made anew and set beside the print, in ${formatDuration(seconds)}.</p>
</header>
${failed.length === 0 ? html`` : html`<p class="warning"><strong>Not repeated:</strong> ${enumerate(failed)}; the reasons are below.</p>`}
<section>
<h2>What came out</h2>
<div class="scroll outcomes" tabindex="0" role="region" aria-label="Table of what came out"><table>
<caption class="unseen">What came out</caption>
<thead><tr><th scope="col">Item</th><th scope="col">What</th><th scope="col">Outcome</th><th scope="col">Time</th></tr></thead>
<tbody>
${entries.map(({ result }) => outcome(result))}
</tbody></table></div>
</section>
${entries.map(section)}
<section>
<h2>How this was made</h2>
${repeatPart(command)}
${done.slice(0, 1).map((first) => html`<p>${versionWords(first)}.</p>`)}
</section>
<footer>${allDataLines(done).join('')}</footer>`
  return page(title, main, { css })
}

const css =
  'main{max-width:1160px}.outcomes td{white-space:normal;text-align:left;vertical-align:top}.outcomes td:last-child{white-space:nowrap;text-align:right}' +
  '.outcomes th{vertical-align:top}.outcomes thead th:not(:last-child){text-align:left}a{color:inherit}h2 .tag{font-size:13px}figure+p{margin-top:14px}'

function outcome(result: GalleryEntry['result']): Html {
  const told =
    result.kind === 'failure'
      ? html`<td><strong>Not repeated.</strong></td><td></td>`
      : html`<td>${reproductionAnswer(result)}</td><td>${formatDuration(result.elapsedSeconds)}</td>`
  return html`<tr><th scope="row"><a href="#${result.item}">${itemLabel(result.item)}</a></th><td>${result.title}${simulatedTag(result)}</td>${told}</tr>`
}

function section({ result, svg, files = [] }: GalleryEntry): Html {
  const heading = html`<h2>${itemLabel(result.item)}: ${result.title}${simulatedTag(result)}</h2>`
  if (result.kind === 'failure') {
    return html`<section id="${result.item}">
${heading}
<p class="warning"><strong>Not repeated.</strong> ${result.reason}</p>
</section>`
  }
  const links = files.map((file) => html` <a href="${file}">${file}</a>`)
  return html`<section id="${result.item}">
${heading}
<p>${reproductionAnswer(result)}</p>
${reproductionBody(result, svg)}
${warningParts(result.warnings)}
${notesOf(result).map((note) => html`<p class="note">${note}</p>`)}
<p class="note">${sentence(workWords(result))}${links}</p>
</section>`
}

function simulatedTag(result: GalleryEntry['result']): Html {
  const words = simulatedWords(result)
  return words === '' ? html`` : html` <span class="tag">${words}</span>`
}

/** What a gallery shows of one item. */
export interface GalleryEntry {
  readonly result: Reproduction | FailedReproduction
  /** The figure, where it is one. */
  readonly svg?: string | undefined
  /** Names of the item's own files, relative to the gallery. */
  readonly files?: readonly string[] | undefined
}

/** The items that were repeated. */
function doneOf(entries: readonly GalleryEntry[]): Reproduction[] {
  return entries.flatMap(({ result }) => (result.kind === 'failure' ? [] : [result]))
}

/** Whose data all of them are, each source once. */
function allDataLines(done: readonly Reproduction[]): string[] {
  const sources = new Set(done.flatMap(({ attribution }) => (attribution === '' ? [] : attribution.split('; '))))
  return dataLines({ attribution: [...sources].join('; ') })
}

/**
 * The gallery as Markdown, for places that show that of a folder: what came out in a table, then tables as text and figures
 * as images, each with the files of its data. The files are those that `writeReproduction` put beside it.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export function reproductionMarkdown(entries: readonly GalleryEntry[], options?: ReportOptions): string {
  const { command } = requireOptions('reproductionMarkdown', options, reportChecks)
  requireEntries('reproductionMarkdown', entries)
  const done = doneOf(entries)
  const made = [...(command === undefined ? [] : [`made by \`${command}\``]), ...done.slice(0, 1).flatMap(versionList)]
  return `${[
    '# The paper, repeated',
    `Tables and figures of Ye, Chen and Zheng, “Understanding the Effect of Bias in Deep Anomaly Detection” (IJCAI 2021), ${enumerate(made)}.`,
    ['| item | what | outcome |', '|---|---|---|', ...entries.map(markdownRow)].join('\n'),
    ...entries.flatMap(markdownSection),
    ...allDataLines(done),
  ].join('\n\n')}\n`
}

function markdownRow({ result }: GalleryEntry): string {
  const told = result.kind === 'failure' ? '**Not repeated.**' : reproductionAnswer(result)
  return `| [${itemLabel(result.item)}](#${result.item}) | ${result.title}${simulated(result)} | ${told} |`
}

function markdownSection({ result, files = [] }: GalleryEntry): string[] {
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
  const words = simulatedWords(result)
  return words === '' ? '' : ` (${words})`
}
