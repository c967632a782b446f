import { at } from '../../../check.js'
import { normal } from '../../../random/normal.js'
import { uniform } from '../../../random/uniform.js'
import { type ChannelOptions, channelVariates, fadingChannel, fromDb } from './fading.js'

/** Time steps of 1 ms, and frequency bins of 90 kHz. */
export const spectrogramShape = [125, 128] as const
const [nSteps, nBins] = spectrogramShape
const binWidth = 0.09

export const spectrumClasses = ['normal', 'NB-10ms', 'NB-5ms', 'WB-nlos', 'WB-los'] as const
export type SpectrumClass = (typeof spectrumClasses)[number]

/** The carrier: 50 resource blocks of 180 kHz, two bins each, between guard bands of 14 bins. */
const carrier = { first: 14, end: 114 } as const
/** Resource blocks are scheduled in groups of three, the last of two. */
const groupBins = 6
const nGroups = Math.ceil((carrier.end - carrier.first) / groupBins)
/** Mean length of a group's burst, in steps. */
const burstSteps = 8
/** What an idle group sends, control region and reference signals, as a share of the power of a busy one. */
const idleShare = 0.2
/** Synchronisation signals: the six central resource blocks, every fifth step, with at least this share. */
const sync = { first: 58, end: 70, every: 5, share: 0.5 } as const

/** Decibels above the noise floor that become 0 and 1. */
const levels = { low: -10, high: 50 } as const

/** Of a cell's estimated power in dB: that of the log of a mean of eight exponential variates, (10/ln 10)·√ψ′(8). */
const speckleSd = (10 / Math.LN10) * Math.sqrt(0.133137)

/** Philox streams of a spectrogram's draws, to which its class is added; its number is the replicate. */
const streams = { settings: 0x53504300, bursts: 0x53504310, channels: 0x53504320, speckle: 0x53504330 } as const

type Range = readonly [low: number, high: number]

/** A transmitter that does not belong into the band. Levels in dB over the noise floor, uniform in their range. */
interface Interference {
  readonly level: Range
  /** Rician factor of its channel in dB. */
  readonly lineOfSight?: number
  /** Steps of its period, and those of them in which it sends. */
  readonly period: number
  readonly on: number
  /** Bins that it takes, from one that is uniform in a range. */
  readonly width: number
  readonly first: Range
}

const interferences: Readonly<Record<Exclude<SpectrumClass, 'normal'>, Interference>> = {
  'NB-10ms': { level: [28, 36], period: 10, on: 6, width: 4, first: [83, 85] },
  'NB-5ms': { level: [28, 36], period: 5, on: 3, width: 4, first: [85, 87] },
  'WB-nlos': { level: [22, 32], period: 1, on: 1, width: nBins, first: [0, 0] },
  'WB-los': { level: [27, 35], lineOfSight: 10, period: 1, on: 1, width: nBins, first: [0, 0] },
}

/**
 * One spectrogram of a received LTE-like signal, in [0, 1], row-major [125 steps, 128 bins], written to `out`:
 * docs/spectrum.md has the model. A pure function of class, number and seed.
 */
export function simulateSpectrogram(out: Float32Array, name: SpectrumClass, index: number, seed: number): void {
  const iClass = spectrumClasses.indexOf(name)
  const draw = (stream: number) => ({ seed, stream: stream + iClass, replicate: index })
  const settings = uniform(7, draw(streams.settings))
  const variates = normal(2 * channelVariates, draw(streams.channels))
  const channel = { binWidth, nBins, turn: within([0.25, 0.75], at(settings, 3)) / nSteps }
  const cell = cellSignal(
    settings,
    { ...channel, variates: variates.subarray(0, channelVariates) },
    uniform(nSteps * nGroups, draw(streams.bursts)),
  )
  const interferer =
    name === 'normal'
      ? undefined
      : interference(interferences[name], settings, { ...channel, variates: variates.subarray(channelVariates) })
  const speckle = normal(nSteps * nBins, { ...draw(streams.speckle), sd: speckleSd })
  const powers = new Float64Array(nBins)
  for (let step = 0; step < nSteps; step++) {
    // The noise floor is the unit.
    powers.fill(1)
    cell(powers, step)
    interferer?.(powers, step)
    for (let bin = 0; bin < nBins; bin++) {
      const i = step * nBins + bin
      const measured = 10 * Math.log10(at(powers, bin)) + at(speckle, i)
      out[i] = Math.min(1, Math.max(0, (measured - levels.low) / (levels.high - levels.low)))
    }
  }
}

/** Adds the power of a signal to that of each bin, step by step from 0 on. */
type AddSignal = (powers: Float64Array, step: number) => void

function cellSignal(settings: Float64Array, fading: ChannelOptions, bursts: Float64Array): AddSignal {
  const busyIn = activity(within([0.15, 0.85], at(settings, 0)), bursts)
  const power = fromDb(within([12, 24], at(settings, 1)))
  const frameStart = Math.floor(10 * at(settings, 2))
  const channel = fadingChannel(fading)
  return (powers, step) => {
    const busy = busyIn(step)
    const isSync = (step + frameStart) % sync.every === 0
    const gains = channel(step)
    for (let bin = carrier.first; bin < carrier.end; bin++) {
      const isBusy = at(busy, Math.floor((bin - carrier.first) / groupBins)) === 1
      const idle = isSync && bin >= sync.first && bin < sync.end ? sync.share : idleShare
      powers[bin] = at(powers, bin) + power * (isBusy ? 1 : idle) * at(gains, bin)
    }
  }
}

function interference(kind: Interference, settings: Float64Array, fading: ChannelOptions): AddSignal {
  const { level, lineOfSight, period, on, width } = kind
  const channel = fadingChannel({ ...fading, lineOfSight })
  const power = fromDb(within(level, at(settings, 4)))
  const shift = Math.floor(period * at(settings, 5))
  const first = Math.round(within(kind.first, at(settings, 6)))
  return (powers, step) => {
    if ((step + shift) % period >= on) return
    const gains = channel(step)
    for (let bin = first; bin < first + width; bin++) powers[bin] = at(powers, bin) + power * at(gains, bin)
  }
}

/**
 * Which resource-block groups carry data in a step, [nGroups], valid until the next: a Markov chain for each, with a share
 * of busy steps and bursts of a mean length.
 */
function activity(share: number, uniforms: Float64Array): (step: number) => Uint8Array {
  const busy = new Uint8Array(nGroups)
  const starts = share / (1 - share) / burstSteps
  return (step) => {
    for (let group = 0; group < nGroups; group++) {
      const chance = step === 0 ? share : busy[group] === 1 ? 1 - 1 / burstSteps : starts
      busy[group] = Number(at(uniforms, step * nGroups + group) < chance)
    }
    return busy
  }
}

function within([low, high]: Range, u: number): number {
  return low + (high - low) * u
}
