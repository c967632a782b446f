import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { ScoringBiasError } from '../errors.js'
import { requireDevice } from '../runtime/device.js'
import type { UnitResult } from '../study/core/unit.js'

type RunResult = UnitResult['runs'][number]

/** Lists of numbers of a run, in the order in which their bytes lie. */
const lists = ['losses', 'pretrainLosses', 'scores', 'parameters', 'statistics', 'centre'] as const
type ListName = (typeof lists)[number]
type NumberList = Float32Array | Float64Array

/** Far more than a unit gives: what claims more is no result, and may not take the memory. */
const mostBytes = 2 ** 30

const wide: ReadonlySet<ListName> = new Set<ListName>(['losses', 'pretrainLosses'])

interface Header {
  readonly device: string
  readonly host?: string
  readonly runs: readonly {
    readonly run: number
    readonly validation?: NonNullable<RunResult['training']['validation']>
    readonly divergence?: NonNullable<RunResult['training']['divergence']>
    readonly lengths: Partial<Record<ListName, number>>
  }[]
}

/**
 * A unit's result as bytes that `decodeUnitResult` makes again, to the bit: a header of JSON with its length before it, then all
 * numbers, little-endian, compressed (RFC 1951). Equal results of one host have equal bytes.
 */
export function encodeUnitResult({ device, host, runs }: UnitResult): Uint8Array {
  const parts: Uint8Array[] = []
  const header: Header = {
    device,
    ...(host !== undefined && { host }),
    runs: runs.map((result) => {
      const { run, validation, divergence } = result.training
      const lengths: Partial<Record<ListName, number>> = {}
      for (const [name, { buffer, byteOffset, byteLength, length }] of listsOf(result)) {
        parts.push(new Uint8Array(buffer, byteOffset, byteLength))
        lengths[name] = length
      }
      return { run, ...(validation && { validation }), ...(divergence && { divergence }), lengths }
    }),
  }
  const text = Buffer.from(JSON.stringify(header))
  const size = Buffer.alloc(4)
  size.writeUInt32LE(text.length)
  return deflateRawSync(Buffer.concat([size, text, ...parts]))
}

function listsOf({ training, scores, weights }: RunResult): [ListName, NumberList][] {
  const { losses, pretrainLosses } = training
  return [
    ['losses', losses],
    ['pretrainLosses', pretrainLosses],
    ['scores', scores],
    ...(weights === undefined
      ? []
      : ([
          ['parameters', weights.parameters],
          ['statistics', weights.statistics],
          ['centre', weights.centre],
        ] as [ListName, NumberList][])),
  ]
}

/** The inverse of {@link encodeUnitResult}. Errors: `BAD_FILE` for bytes that are none. */
export function decodeUnitResult(bytes: Uint8Array): UnitResult {
  try {
    const all = inflateRawSync(bytes, { maxOutputLength: mostBytes })
    const start = 4 + all.readUInt32LE(0)
    const header: Header = JSON.parse(all.subarray(4, start).toString())
    let offset = start
    const take = (name: ListName, length: number): NumberList => {
      const size = length * (wide.has(name) ? 8 : 4)
      if (offset + size > all.length) throw new RangeError(`${name} ends too early`)
      const { buffer } = Uint8Array.from(all.subarray(offset, offset + size))
      offset += size
      return wide.has(name) ? new Float64Array(buffer) : new Float32Array(buffer)
    }
    const runs = header.runs.map(({ lengths, ...known }) => {
      const found = new Map<string, NumberList>()
      for (const name of lists) if (lengths[name] !== undefined) found.set(name, take(name, lengths[name]))
      return runOf(known, found)
    })
    const { host } = header
    return { device: requireDevice(header.device, 'a unit result'), ...(host !== undefined && { host }), runs }
  } catch (cause) {
    if (cause instanceof ScoringBiasError) throw cause
    throw new ScoringBiasError('BAD_FILE', 'these bytes are no result of a unit', { cause })
  }
}

function runOf(
  { run, validation, divergence }: Omit<Header['runs'][number], 'lengths'>,
  found: ReadonlyMap<string, NumberList>,
): RunResult {
  const floats = (name: ListName): Float32Array => {
    const list = found.get(name)
    if (list instanceof Float32Array) return list
    throw new RangeError(`${name} is missing`)
  }
  const doubles = (name: ListName): Float64Array => {
    const list = found.get(name)
    if (list instanceof Float64Array) return list
    throw new RangeError(`${name} is missing`)
  }
  return {
    training: {
      ...{ run, losses: doubles('losses'), pretrainLosses: doubles('pretrainLosses') },
      ...(validation && { validation }),
      ...(divergence && { divergence }),
    },
    scores: floats('scores'),
    ...(found.has('parameters') && {
      weights: { parameters: floats('parameters'), statistics: floats('statistics'), centre: floats('centre') },
    }),
  }
}

/** Whether two results are equal to the bit, whoever trained them. */
export function sameResult(a: UnitResult, b: UnitResult): boolean {
  const [first, second] = [a, b].map(({ host: _, ...result }) => encodeUnitResult(result))
  return first !== undefined && second !== undefined && Buffer.from(first).equals(second)
}
