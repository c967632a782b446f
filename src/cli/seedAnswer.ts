import { type CompareSeedsOptions, compareSeeds } from '../compare/compareSeeds.js'
import type { ScoreData } from '../compare/types.js'
import { seedCsv } from '../report/compare/seedCsv.js'
import { seedJson } from '../report/compare/seedJson.js'
import { seedText } from '../report/compare/seedText.js'
import type { CompareAnswer } from './compareAnswer.js'

/** Of detectors that were trained several times. */
export async function seedAnswer(data: ScoreData, options: CompareSeedsOptions): Promise<CompareAnswer> {
  const comparison = await compareSeeds(data, options)
  return {
    warnings: comparison.warnings,
    csv: () => seedCsv(comparison),
    json: () => seedJson(comparison),
    text: () => seedText(comparison),
    html: async (shown) => (await import('../report/compare/seedReport.js')).seedReport(comparison, shown),
  }
}
