import type { DetectorName } from '../detectors/detectors.js'

/** The six detectors of Ye, Chen and Zheng (2021, Table 2) as their tables print them, by this package's names. */
const printedNames = {
  'deep-svdd': 'Deep SVDD',
  'deep-sad': 'Deep SAD',
  hsc: 'HSC',
  ae: 'AE',
  sae: 'SAE',
  abc: 'ABC',
} as const satisfies Partial<Record<DetectorName, string>>

/** A detector of the paper: six of those that there are, however many that be. */
export type PaperDetector = keyof typeof printedNames

/** A detector as the paper prints it. */
export type PrintedDetector = (typeof printedNames)[PaperDetector]

/** In the order of the paper's tables. */
export const paperDetectors = Object.keys(printedNames) as readonly PaperDetector[]

export function printedName(name: PaperDetector): PrintedDetector {
  return printedNames[name]
}

/** A supervised detector and its semi-supervised version (Table 2). */
export interface SupervisedPair {
  readonly baseline: PaperDetector
  readonly candidate: PaperDetector
}

/** The pairs whose recall the paper compares. */
export const paperPairs = [
  { baseline: 'deep-svdd', candidate: 'deep-sad' },
  { baseline: 'deep-svdd', candidate: 'hsc' },
  { baseline: 'ae', candidate: 'sae' },
  { baseline: 'ae', candidate: 'abc' },
] as const satisfies readonly SupervisedPair[]
