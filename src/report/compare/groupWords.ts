import type { Comparison } from '../../compare/types.js'
import { counted, formatCount } from '../../counted.js'

/** What samples in groups mean for intervals; nothing where each sample is on its own. */
export function groupWords({ nGroups }: { readonly nGroups?: Comparison['nGroups'] | undefined }): string[] {
  if (nGroups === undefined) return []
  const { all, normal, anomalous } = nGroups
  return [
    `Samples come in ${counted(all, 'group')}: ${formatCount(normal)} with normal samples, ${formatCount(anomalous)} with ` +
      'anomalies. Intervals and p-values of ξ take whole groups for what was drawn.',
  ]
}
