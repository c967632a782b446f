/** The paper's tables and figures: as printed, and repeated. */
export { type ArrowAgreement, allowedErrors, type ComparedArrow, printedRounding } from '../paper/compareWithPrinted.js'
export type { PaperDetector, PrintedDetector, SupervisedPair } from '../paper/paperDetectors.js'
export type * from '../paper/paperItems.js'
export { paperItem, paperItems } from '../paper/paperItems.js'
export { type PrintedRecall, type PrintedRow, type PrintedTable, printedTables } from '../paper/printedTables.js'
export { type ReproduceAllOptions, reproduce, reproduceAll } from '../paper/reproduce.js'
export { type ReproduceOptions, type ReproductionSize, reproductionSizes } from '../paper/reproduceOptions.js'
export type * from '../paper/types.js'
