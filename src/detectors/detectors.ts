import { requireKnown } from '../check.js'
import { abc } from './abc.js'
import { autoencoder } from './autoencoder.js'
import { deepSad } from './deepSad.js'
import { deepSvdd } from './deepSvdd.js'
import { hsc } from './hsc.js'
import type { Objective } from './objective.js'
import { supervisedAutoencoder } from './supervisedAutoencoder.js'

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
