import { requireKnown } from '../check.js'
import type { Dataset } from '../data/core/dataset.js'
import { type AnomalyClasses, type AnomalyShare, mixtureOf } from '../data/splits/anomalyMixture.js'
import { type NormalClasses, requireAnomalous } from '../data/splits/normalClasses.js'
import { ScoringBiasError } from '../errors.js'

/** The classes of a convergence study, each kind in the data set's order. */
export interface StudiedClasses {
  readonly normal: readonly string[]
  readonly anomaly: readonly string[]
  /** The shares of the anomalies, where they are given. */
  readonly mixture?: readonly AnomalyShare[]
}

/**
 * Classes that the data set has, named once, no class of both kinds.
 *
 * @param anomaly default: the first class that is not normal
 *
 * Errors: `UNKNOWN_CLASS`; `EMPTY_SAMPLE` where there is no class of a kind; `OUT_OF_RANGE` for a class that is named
 * twice or of both kinds; those of `mixtureOf`.
 */
export function studiedClasses(
  { name, classes }: Pick<Dataset, 'name' | 'classes'>,
  asked: { readonly normal: NormalClasses; readonly anomaly?: AnomalyClasses | undefined },
): StudiedClasses {
  const normal = classList('normal class', asked.normal, classes)
  const others = classes.filter((one) => !normal.includes(one)).slice(0, 1)
  const { anomaly: given = others } = asked
  const mixture = isMixture(given) ? mixtureOf(given, classes) : undefined
  const anomaly = classList('anomaly class', mixture?.map((one) => one.class) ?? (given as string), classes)
  for (const [kind, list] of Object.entries({ normal, anomalous: anomaly })) {
    if (list.length > 0) continue
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${name}: no class is ${kind}; name at least one that is, but not all: ${classes.slice(0, 20).join(', ')}`,
    )
  }
  requireAnomalous(normal, anomaly)
  return { normal, anomaly, ...(mixture !== undefined && mixture.length > 1 && { mixture }) }
}

function isMixture(anomaly: AnomalyClasses): anomaly is readonly AnomalyShare[] {
  return typeof anomaly !== 'string' && typeof anomaly[0] === 'object'
}

function classList(kind: string, asked: string | readonly string[], classes: readonly string[]): string[] {
  const list = typeof asked === 'string' ? [asked] : asked
  for (const [i, name] of list.entries()) {
    requireKnown(kind, name, classes, 'UNKNOWN_CLASS')
    if (list.indexOf(name) < i) throw new ScoringBiasError('OUT_OF_RANGE', `${kind} '${name}' is named twice`)
  }
  return classes.filter((name) => list.includes(name))
}
