import { readFileSync } from 'node:fs'
import { at, invariant } from '../../check.js'
import * as formats from '../format.js'
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

/** The text of the page's script: its file with the functions of `format.ts` that it imports in place of their import. */
export function liveScript(): string {
  const source = readFileSync(new URL('./livePage.js', import.meta.url), 'utf8')
  const [line, names] = source.match(/^import \{ (.*) \} from '\.\.\/format\.js'$/m) ?? []
  invariant(line !== undefined && names !== undefined, "the page's script imports formats")
  const known: Readonly<Record<string, unknown>> = formats
  const functions = names.split(', ').map((name) => {
    invariant(typeof known[name] === 'function', `the page's script imports ${name}`)
    return `const ${name} = ${known[name]}`
  })
  return source.replace(line, () => functions.join('\n'))
}

function steps(counts: Uint32Array): number[] {
  return Array.from(counts, (count, i) => (i === 0 ? count : count - at(counts, i - 1)))
}
