import { at } from '../../check.js'

/** What a class gives at one pair of thresholds. */
export interface Node {
  readonly weight: number
  readonly xi: number
  /** The share of samples that exactly one detector flags. */
  readonly deciding: number
}

/** Nodes of about the same ξ: its mean is `xi`, and within the bin it varies by `variance`. */
export interface Bin extends Node {
  readonly variance: number
}

export interface BinnedNodes {
  readonly bins: readonly Bin[]
  /** [node] */
  readonly binOf: Uint32Array
}

const mostBins = 64

/** Nodes put together in bins of one width. */
export function binned(nodes: readonly Node[]): BinnedNodes {
  const low = nodes.reduce((least, { xi }) => Math.min(least, xi), 1)
  const high = nodes.reduce((most, { xi }) => Math.max(most, xi), -1)
  const scale = high > low ? mostBins / (high - low) : 0
  const places = nodes.map(({ xi }) => Math.min(mostBins - 1, Math.floor((xi - low) * scale)))
  const sums = Array.from({ length: mostBins }, () => ({ weight: 0, xi: 0, deciding: 0, squares: 0 }))
  for (const [i, { weight, xi, deciding }] of nodes.entries()) {
    const own = at<(typeof sums)[number]>(sums, at(places, i))
    own.weight += weight
    own.xi += weight * (xi - low)
    own.deciding += weight * deciding
    own.squares += weight * (xi - low) ** 2
  }
  const numbers = new Uint32Array(mostBins)
  const bins: Bin[] = []
  for (const [place, { weight, xi, deciding, squares }] of sums.entries()) {
    if (weight === 0) continue
    numbers[place] = bins.length
    const mean = xi / weight
    const variance = Math.max(0, squares / weight - mean ** 2)
    bins.push({ weight, xi: low + mean, deciding: deciding / weight, variance })
  }
  return { bins, binOf: Uint32Array.from(places, (place) => at(numbers, place)) }
}

/** Mean and variance of ξ over all bins, whose weights sum to 1. */
export function momentsOf(bins: readonly Bin[]): { readonly mean: number; readonly variance: number } {
  const mean = bins.reduce((sum, { weight, xi }) => sum + weight * xi, 0)
  const variance = bins.reduce((sum, bin) => sum + bin.weight * (bin.variance + (bin.xi - mean) ** 2), 0)
  return { mean, variance }
}
