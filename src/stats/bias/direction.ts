/** `up`: the interval lies above 0; `down`: below; `none`: it includes 0. */
export type Direction = 'up' | 'down' | 'none'

/** `up` when the whole interval lies above 0, `down` when it lies below, else `none`. */
export function direction(interval: readonly [number, number]): Direction {
  if (interval[0] > 0) return 'up'
  return interval[1] < 0 ? 'down' : 'none'
}
