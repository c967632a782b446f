import { requireKnown } from '../check.js'
import { abc } from './objectives/abc.js'
import { autoencoder } from './objectives/autoencoder.js'
import { deepSad } from './objectives/deepSad.js'
import { deepSvdd } from './objectives/deepSvdd.js'
import { hsc } from './objectives/hsc.js'
import type { Objective } from './objectives/objective.js'
import { supervisedAutoencoder } from './objectives/supervisedAutoencoder.js'

const detectors = {
  'deep-svdd': deepSvdd,
  'deep-sad': deepSad,
  hsc,
  ae: autoencoder,
  sae: supervisedAutoencoder,
  abc,
} as const

/** The six detectors of the paper (Table 2). */
export type DetectorName = keyof typeof detectors
export const detectorNames: readonly DetectorName[] = ['deep-svdd', 'deep-sad', 'hsc', 'ae', 'sae', 'abc']

/** The objective of a detector. Errors: `UNKNOWN_NAME`, with the names there are. */
export function detector(name: string): Objective {
  return detectors[requireKnown('detector', name, detectorNames)]
}
