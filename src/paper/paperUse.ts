import { invariant } from '../check.js'
import type { PublishedUse } from '../data/core/source.js'
import { publishedUse } from '../data/datasets.js'

/** What the paper does with one of its data sets. */
export function paperUse(dataset: string): PublishedUse {
  const use = publishedUse(dataset)
  invariant(use, `${dataset} is a data set of the paper`)
  return use
}
