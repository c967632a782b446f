import type { ScoreData, TargetsComparison } from '../compare/types.js'
import { compareCsv } from '../report/compare/compareCsv.js'
import { compareJson } from '../report/compare/compareJson.js'
import { compareTargetsMarkdown } from '../report/compare/compareMarkdown.js'
import { compareText } from '../report/compare/compareText.js'
import type { ReportOptions } from '../report/page.js'

/** An answer in the forms that the command gives it. */
export interface CompareAnswer {
  readonly warnings: readonly string[]
  readonly verdict?: TargetsComparison['verdict']
  readonly csv: () => string
  readonly json: () => object
  readonly text: () => string
  readonly markdown?: () => string
  readonly html: (options: ReportOptions) => Promise<string>
}

/** Of detectors that were trained once. */
export function pairAnswer(found: TargetsComparison, data: ScoreData): CompareAnswer {
  const { targets, verdict } = found
  return {
    warnings: [...new Set(targets.flatMap((one) => one.warnings))],
    verdict,
    csv: () => compareCsv(found),
    json: () => compareJson(found),
    text: () => compareText(found),
    markdown: () => compareTargetsMarkdown(found),
    // Only a page needs what draws.
    html: async (shown) => (await import('../report/compare/compareReport.js')).compareReport(found, data, shown),
  }
}
