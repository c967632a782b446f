import { at } from '../../../check.js'

/**
 * Paths of the radio channel: excess delays in µs and mean powers in dB, four of the nine of the Extended Vehicular A
 * profile (3GPP TS 36.104, annex B.2).
 */
const paths = [
  { delay: 0, power: 0 },
  { delay: 0.31, power: -3.6 },
  { delay: 0.71, power: -9.1 },
  { delay: 1.09, power: -7 },
] as const

/** Normal variates that a channel is made of: real and imaginary part of each path's gain at two moments. */
export const channelVariates = 4 * paths.length

export interface ChannelOptions {
  /** Standard normal variates, `channelVariates` of them. */
  readonly variates: Float64Array
  /** Width of a frequency bin in MHz, and how many there are. */
  readonly binWidth: number
  readonly nBins: number
  /** Angle in radians by which a path's gain turns towards its second value in a step. */
  readonly turn: number
  /** Power of the direct path over that of all others, in dB (Rician factor); without it none has a line of sight. */
  readonly lineOfSight?: number | undefined
}

/**
 * A channel that fades with frequency and time: for each step the power gains |h(t, f)|² of all bins, valid until the next
 * call, of mean 1, with
 * h = √(K/(K+1)) + √(1/(K+1))·Σₚ gₚ·aₚ(t)·exp(−2πi f τₚ), K = 0 without a line of sight (Rayleigh fading).
 *
 * aₚ(t) = cos(θt)·aₚ + sin(θt)·bₚ for independent complex normal aₚ and bₚ: a stationary gain that changes slowly.
 */
export function fadingChannel(options: ChannelOptions): (step: number) => Float64Array {
  const { variates, nBins, binWidth, turn, lineOfSight } = options
  // [paths, nBins] of gₚ·exp(−2πi f τₚ).
  const reals = new Float64Array(paths.length * nBins)
  const imaginaries = new Float64Array(paths.length * nBins)
  const gains = new Float64Array(nBins)
  const total = paths.reduce((sum, { power }) => sum + fromDb(power), 0)
  const scattered = lineOfSight === undefined ? 1 : 1 / (fromDb(lineOfSight) + 1)
  for (const [p, { delay, power }] of paths.entries()) {
    const amplitude = Math.sqrt((scattered * fromDb(power)) / total)
    for (let bin = 0; bin < nBins; bin++) {
      const angle = -2 * Math.PI * bin * binWidth * delay
      reals[p * nBins + bin] = amplitude * Math.cos(angle)
      imaginaries[p * nBins + bin] = amplitude * Math.sin(angle)
    }
  }
  const direct = lineOfSight === undefined ? 0 : Math.sqrt(1 - scattered)
  return (step) => {
    const near = Math.cos(turn * step) / Math.SQRT2
    const far = Math.sin(turn * step) / Math.SQRT2
    const turned = Float64Array.from({ length: 2 * paths.length }, (_, i) => {
      return near * at(variates, 2 * i) + far * at(variates, 2 * i + 1)
    })
    for (let bin = 0; bin < nBins; bin++) {
      let real = direct
      let imaginary = 0
      for (let p = 0; p < paths.length; p++) {
        const a = at(turned, 2 * p)
        const b = at(turned, 2 * p + 1)
        const c = at(reals, p * nBins + bin)
        const d = at(imaginaries, p * nBins + bin)
        real += a * c - b * d
        imaginary += a * d + b * c
      }
      gains[bin] = real * real + imaginary * imaginary
    }
    return gains
  }
}

/** A ratio of powers from decibels. */
export function fromDb(level: number): number {
  return 10 ** (level / 10)
}
