import { readFileSync } from 'node:fs'
import type { LiveData, PackedDetector } from './livePage.js'
import type { OperatingPoints } from './operatingPoints.js'

/** The operating points as the page holds them. */
export function packLive({ fprs, iTarget, nNormal, sets, detectors }: OperatingPoints): LiveData<PackedDetector> {
  return {
    fprs,
    iTarget,
    nNormal,
    n: sets.map(({ n }) => n),
    detectors: detectors.map(({ thresholds, falseAlarms, detected }) => ({
      thresholds: Array.from(thresholds, String).join(' '),
      falseAlarms: steps(falseAlarms),
      detected: detected.map(steps),
    })),
  }
}

/** JSON that may stand in a script element: without `<` nothing in it can end the element. */
export function embeddable(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

/** The text of the page's script. */
export function liveScript(): string {
  return readFileSync(new URL('./livePage.js', import.meta.url), 'utf8')
}

function steps(counts: Uint32Array): number[] {
  return Array.from(counts, (count, i) => count - (i === 0 ? 0 : (counts[i - 1] ?? 0)))
}
