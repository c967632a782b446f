import { at } from '../../check.js'

/** What a class gives at pairs of thresholds; one number of each list a pair. */
export interface Nodes {
  readonly weights: Float64Array
  readonly xi: Float64Array
  /** The share of samples that exactly one detector flags. */
  readonly deciding: Float64Array
}

/** Nodes of about the same ξ: means of both, and the variance of ξ within the bin. */
export interface Bin {
  readonly weight: number
  readonly xi: number
  readonly deciding: number
  readonly variance: number
}

export interface BinnedNodes {
  readonly bins: readonly Bin[]
  /** [node] */
  readonly binOf: Uint32Array
}

const mostBins = 64

/** Nodes put together in bins of one width. */
export function binned(nodes: Nodes): BinnedNodes {
  const low = nodes.xi.reduce((least, xi) => Math.min(least, xi), 1)
  const high = nodes.xi.reduce((most, xi) => Math.max(most, xi), -1)
  const scale = high > low ? mostBins / (high - low) : 0
  const places = Uint32Array.from(nodes.xi, (xi) => Math.min(mostBins - 1, Math.floor((xi - low) * scale)))
  const sums = () => new Float64Array(mostBins)
  const [weights, sumsOfXi, sumsOfDeciding, squares] = [sums(), sums(), sums(), sums()] as const
  for (let i = 0; i < places.length; i++) {
    const [place, weight, above] = [at(places, i), at(nodes.weights, i), at(nodes.xi, i) - low]
    weights[place] = at(weights, place) + weight
    sumsOfXi[place] = at(sumsOfXi, place) + weight * above
    sumsOfDeciding[place] = at(sumsOfDeciding, place) + weight * at(nodes.deciding, i)
    squares[place] = at(squares, place) + weight * above ** 2
  }
  const numbers = new Uint32Array(mostBins)
  const bins: Bin[] = []
  for (let place = 0; place < mostBins; place++) {
    const weight = at(weights, place)
    if (weight === 0) continue
    numbers[place] = bins.length
    const mean = at(sumsOfXi, place) / weight
    const variance = Math.max(0, at(squares, place) / weight - mean ** 2)
    bins.push({ weight, xi: low + mean, deciding: at(sumsOfDeciding, place) / weight, variance })
  }
  return { bins, binOf: places.map((place) => at(numbers, place)) }
}

/** Mean and variance of ξ over all bins, whose weights sum to 1. */
export function momentsOf(bins: readonly Bin[]): { readonly mean: number; readonly variance: number } {
  const mean = bins.reduce((sum, { weight, xi }) => sum + weight * xi, 0)
  const variance = bins.reduce((sum, bin) => sum + bin.weight * (bin.variance + (bin.xi - mean) ** 2), 0)
  return { mean, variance }
}
