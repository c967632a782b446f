/** Results for readers: pages, charts, texts for terminals, and plain data for programs. */
export { compareCsv } from '../report/compare/compareCsv.js'
export {
  type CandidateJson,
  type ClassJson,
  type CompareJson,
  type CompareTargetsJson,
  compareJson,
  type DetectorJson,
  type GateJson,
} from '../report/compare/compareJson.js'
export { compareReport } from '../report/compare/compareReport.js'
export { compareText } from '../report/compare/compareText.js'
export { rangeCsv } from '../report/compare/rangeCsv.js'
export { type RangeClassJson, type RangeJson, rangeJson } from '../report/compare/rangeJson.js'
export { rangeReport } from '../report/compare/rangeReport.js'
export { rangeText } from '../report/compare/rangeText.js'
export { seedCsv } from '../report/compare/seedCsv.js'
export { type SeedClassJson, type SeedJson, seedJson } from '../report/compare/seedJson.js'
export { seedReport } from '../report/compare/seedReport.js'
export { seedText } from '../report/compare/seedText.js'
export { type ConvergeReportOptions, convergeReport, convergeSvg } from '../report/converge/convergeReport.js'
export { convergeText } from '../report/converge/convergeText.js'
export { type SamplesOptions, samplesSvg } from '../report/data/samplesSvg.js'
export { matrixReport, matrixSvg } from '../report/matrix/matrixReport.js'
export { matrixText } from '../report/matrix/matrixText.js'
export type { ReportOptions } from '../report/page.js'
export { reproductionCsv } from '../report/paper/reproductionCsv.js'
export { type GalleryEntry, reproductionGallery, reproductionMarkdown } from '../report/paper/reproductionGallery.js'
export { type DensityPanelJson, type ReproductionJson, reproductionJson } from '../report/paper/reproductionJson.js'
export { reproductionReport } from '../report/paper/reproductionReport.js'
export { reproductionSvg } from '../report/paper/reproductionSvg.js'
export { reproductionText } from '../report/paper/reproductionText.js'
export {
  type WriteReproductionOptions,
  type WrittenReproduction,
  writeReproduction,
} from '../report/paper/writeReproduction.js'
export { planReport, planSvg } from '../report/plan/planReport.js'
export { planText } from '../report/plan/planText.js'
export type { WithSchema } from '../report/schemaNames.js'
export { type RunTrainingJson, type StudyJson, studyJson } from '../report/study/studyJson.js'
export { studyReport } from '../report/study/studyReport.js'
export { studyText } from '../report/study/studyText.js'
export { sweepReport, sweepSvg } from '../report/sweep/sweepReport.js'
export { sweepText } from '../report/sweep/sweepText.js'
