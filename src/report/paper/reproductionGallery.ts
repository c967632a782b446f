import { requireOptions } from '../../check.js'
import { formatDuration } from '../format.js'
import { type Html, html } from '../html.js'
import { page } from '../page.js'
import { type ReportOptions, repeatPart, reportChecks, warningParts } from '../pageParts.js'
import { enumerate, versionWords } from '../words.js'
import { allDataLines, doneOf, type GalleryEntry } from './galleryEntry.js'
import { reproductionBody } from './reproductionBody.js'
import { itemLabel, notesOf, reproductionAnswer, sentence, simulatedWords, workWords } from './reproductionWords.js'

/**
 * Every repeated table and figure on one self-contained HTML page without script: what came out in a table, then each with
 * its caption, ours and the paper's, how much was done and how long it took. Simulated data are marked, items that failed
 * are there with their reason. It follows the reader's light or dark mode.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export function reproductionGallery(entries: readonly GalleryEntry[], options?: ReportOptions): string {
  const { command } = requireOptions('reproductionGallery', options, reportChecks)
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
<div class="scroll"><table class="outcomes">
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
  const words = result.kind === 'failure' ? '' : simulatedWords(result)
  return words === '' ? html`` : html` <span class="tag">${words}</span>`
}
