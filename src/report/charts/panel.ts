import type { TopLevelSpec } from 'vega-lite'

/** A chart beside or above others. */
export type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number]
