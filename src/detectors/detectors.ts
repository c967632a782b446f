import { at, requireKnown, wrongType } from '../check.js'
import { frozen } from '../frozen.js'
import { abc } from './objectives/abc.js'
import { autoencoder } from './objectives/autoencoder.js'
import { classifier } from './objectives/classifier.js'
import { deepSad } from './objectives/deepSad.js'
import { deepSvdd } from './objectives/deepSvdd.js'
import { devNet } from './objectives/devNet.js'
import { hsc } from './objectives/hsc.js'
import type { Objective } from './objectives/objective.js'
import { preNet } from './objectives/preNet.js'
import { supervisedAutoencoder } from './objectives/supervisedAutoencoder.js'

/** The six detectors of the paper (Table 2), in its order, and those that came later. */
export const detectors = [
  ...[deepSvdd, deepSad, hsc, autoencoder, supervisedAutoencoder, abc],
  ...[classifier, devNet, preNet],
] as const

/** The names of the detectors that come with the package. */
export type DetectorName = (typeof detectors)[number]['name']
/** The names of the detectors that come with the package. */
export const detectorNames: readonly DetectorName[] = frozen(detectors.map(({ name }) => name))

/** Objectives that `defineDetector` has made: checked, and frozen. */
export const ownObjectives = new WeakSet<object>()

/**
 * The objective of a detector by its name, or one of the caller's as it is.
 * Errors: `UNKNOWN_NAME`, with the names there are; `WRONG_TYPE` for an object that `defineDetector` has not made.
 */
export function detector(asked: string | Objective, table: readonly Objective[] = detectors): Objective {
  if (typeof asked === 'string') {
    const names = table.map(({ name }) => name)
    return at(table, names.indexOf(requireKnown('detector', asked, names)))
  }
  if (ownObjectives.has(asked) || table.includes(asked)) return asked
  throw wrongType('the detector', 'a name, or what defineDetector returns', asked)
}

/** A detector's name as papers print it; a name that is no detector's of this package as it is. */
export function detectorTitle(name: string): string {
  return detectors.find((one) => one.name === name)?.title ?? name
}
