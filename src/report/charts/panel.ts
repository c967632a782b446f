import type { TopLevelSpec } from 'vega-lite'

/** A chart beside or above others. */
export type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number]

/** Charts with one frame: what is drawn first lies below. */
export type Layer = Extract<Panel, { layer: unknown }>['layer'][number]
