import { biasDefaults } from '../../biasDefaults.js'
import { requireKnown } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { type BootstrapArguments, type EnumName, enums, type ScoreArray } from '../../native.js'
import { copyMask, copyScores } from '../ranks/scores.js'
import { copyTargets } from '../ranks/threshold.js'
import { nativeDefinition, requireCertifiable, type ThresholdRule } from '../ranks/thresholdRule.js'

export const designs = enums.design

/** Whether detectors scored the same samples, position by position, or samples of their own; see {@link bootstrap}. */
export type Design = EnumName<'design'>

/** One detector's scores. */
export interface DetectorScores {
  /** [n₀] */
  readonly normal: ScoreArray
  /** One array for each class of anomalies, [n_k] each. */
  readonly anomalous: readonly ScoreArray[]
  /**
   * For each class a mask [n_k], not 0 where this detector did not test the sample, because it was trained on it for
   * instance; undefined where it tested all. Default: it tested all samples of all classes.
   */
  readonly excluded?: readonly (Uint8Array | undefined)[] | undefined
}

/** What the caller calls the normal scores (set 0) or those of class `set − 1` of a detector. */
export type SetName = (detector: number, set: number) => string

/** The names of detectors that come as one list. */
export const detectorSet: SetName = (d, set) =>
  set === 0 ? `detectors[${d}].normal` : `detectors[${d}].anomalous[${set - 1}]`

/** How the input of a bootstrap is read. */
export interface InputOptions {
  readonly design?: Design | undefined
  readonly thresholdRule?: ThresholdRule | undefined
  readonly delta?: number | undefined
  readonly fprs?: readonly number[] | Float64Array | undefined
  /** Normal samples that are counted alone, which every detector scores below those given. Default 0. */
  readonly below?: number | undefined
}

/** Private copies of everything, with kinds, shapes and options checked; native code checks the values. */
export function copyInput(
  detectors: readonly DetectorScores[],
  options: InputOptions,
  nameOf: SetName,
): BootstrapArguments['input'] {
  if (!Array.isArray(detectors)) throw new ScoringBiasError('WRONG_TYPE', 'detectors must be an array')
  if (detectors.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'detectors is empty: at least one is needed')
  const design = requireKnown('design', options.design ?? 'paired', enums.design)
  const copies = Array.from(detectors, (detector, d) => copyDetector(detector, d, nameOf))
  const [reference] = copies
  copies.forEach((detector, d) => {
    requireSameLength(`detectors[${d}].anomalous`, detector.anomalous, 'detectors[0].anomalous', reference?.anomalous)
    if (design !== 'paired') return
    requireSameLength(nameOf(d, 0), detector.normal, nameOf(0, 0), reference?.normal)
    detector.anomalous.forEach((scores, k) => {
      requireSameLength(nameOf(d, k + 1), scores, nameOf(0, k + 1), reference?.anomalous[k])
    })
  })
  const definition = nativeDefinition(options.thresholdRule, options.delta)
  const { below = 0 } = options
  const fprs = copyTargets('fprs', options.fprs ?? [biasDefaults.fpr])
  copies.forEach(({ normal }, d) => {
    requireCertifiable(nameOf(d, 0), normal.length + below, fprs, definition)
  })
  return {
    normal: copies.map(({ normal }) => normal),
    anomalous: copies.map(({ anomalous }) => anomalous),
    excluded: copies.map(({ excluded }) => excluded),
    design,
    definition,
    fprs,
    ...(below > 0 && { below }),
  }
}

function copyDetector(detector: DetectorScores, d: number, nameOf: SetName) {
  if (typeof detector !== 'object' || detector === null || !Array.isArray(detector.anomalous)) {
    throw new ScoringBiasError('WRONG_TYPE', `detectors[${d}] must be an object { normal, anomalous: [class, …] }`)
  }
  const normal = copyScores(nameOf(d, 0), detector.normal)
  const anomalous = Array.from(detector.anomalous, (scores, k) => copyScores(nameOf(d, k + 1), scores))
  const masks = detector.excluded ?? anomalous.map(() => undefined)
  if (!Array.isArray(masks)) throw new ScoringBiasError('WRONG_TYPE', `detectors[${d}].excluded must be an array`)
  requireSameLength(`detectors[${d}].excluded`, masks, `detectors[${d}].anomalous`, anomalous)
  const excluded = Array.from(masks, (mask, k) => {
    if (mask === undefined) return undefined
    const name = `detectors[${d}].excluded[${k}]`
    const copy = copyMask(name, mask)
    requireSameLength(name, copy, nameOf(d, k + 1), anomalous[k])
    return copy
  })
  return { normal, anomalous, excluded }
}

/** Errors: `LENGTH_MISMATCH`. */
export function requireSameLength(
  name: string,
  value: ArrayLike<unknown>,
  otherName: string,
  other: ArrayLike<unknown> | undefined,
): void {
  if (other === undefined || value.length === other.length) return
  throw new ScoringBiasError(
    'LENGTH_MISMATCH',
    `${name} has length ${value.length}, but ${otherName}, which it belongs to, has ${other.length}`,
  )
}
