import type { Axis } from '../scores/scoreAxis.js'

/** Counts grow with the target, so each column is held as its steps from one target to the next. */
export interface PackedDetector {
  /** Numbers as text, with blanks between: JSON has no infinity. */
  readonly thresholds: string
  readonly falseAlarms: readonly number[]
  readonly detected: readonly (readonly number[])[]
}

/** What the page holds of {@link OperatingPoints}. */
export interface LiveData<Detector> {
  readonly fprs: readonly number[]
  readonly iTarget: number
  readonly nNormal: number
  /** Samples of each set. */
  readonly n: readonly number[]
  readonly detectors: readonly Detector[]
}

export interface UnpackedDetector {
  readonly thresholds: readonly number[]
  readonly falseAlarms: readonly number[]
  readonly detected: readonly (readonly number[])[]
}

/** One number of the page. */
export interface LiveNumber {
  readonly kind: 'threshold' | 'fpr' | 'tpr' | 'xi'
  readonly detector: number
  readonly set: number
}

export function unpack(live: LiveData<PackedDetector>): LiveData<UnpackedDetector>
export function textOf(points: LiveData<UnpackedDetector>, i: number, what: LiveNumber): string
export function along(axis: Axis, value: number): number
