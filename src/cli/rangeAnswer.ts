import { type CompareRangeOptions, compareRange } from '../compare/compareRange.js'
import type { ScoreData } from '../compare/types.js'
import { rangeCsv } from '../report/compare/rangeCsv.js'
import { rangeJson } from '../report/compare/rangeJson.js'
import { rangeMarkdown } from '../report/compare/rangeMarkdown.js'
import { rangeText } from '../report/compare/rangeText.js'
import type { CompareAnswer } from './compareAnswer.js'

/** Of detectors over a range of targets. */
export async function rangeAnswer(data: ScoreData, options: CompareRangeOptions): Promise<CompareAnswer> {
  const comparison = await compareRange(data, options)
  return {
    warnings: comparison.warnings,
    verdict: comparison.verdict,
    csv: () => rangeCsv(comparison),
    json: () => rangeJson(comparison),
    text: () => rangeText(comparison),
    markdown: () => rangeMarkdown(comparison),
    html: async (shown) => (await import('../report/compare/rangeReport.js')).rangeReport(comparison, shown),
  }
}
