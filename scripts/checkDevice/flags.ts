import { parseArgs } from 'node:util'
import { requireKnown, requireWithin } from '../../src/check.js'
import { reasonOf, ScoringBiasError } from '../../src/errors.js'
import { type Device, devices } from '../../src/runtime/device.js'

export const usage = `npm run check:device -- --device ${devices.join('|')} [options]

  --quick            small batches, short sequences, few epochs
  --seconds N        nothing new begins after N seconds (default: 540; with --quick, no limit)
  --json PATH        also writes what was found to a file
  --only-agreement   nothing but the agreement of graphs with the CPU
  --help             this

Exit codes: 0 all as it should be, 1 not as it should be, 2 a wrong command line, 3 nothing was wrong, but not all was run.`

/** After so long nothing new begins, unless told otherwise. */
const defaultSeconds = 540

export interface Flags {
  readonly device: Device
  readonly quick: boolean
  readonly seconds: number
  readonly json: string | undefined
  readonly onlyAgreement: boolean
}

/** Undefined where help is asked for. Errors: `UNKNOWN_NAME`, `OUT_OF_RANGE`, `WRONG_TYPE`. */
export function readFlags(args: readonly string[]): Flags | undefined {
  const given = parsed(args)
  if (given.help) return undefined
  return {
    device: requireKnown('device', given.device ?? '', devices),
    quick: given.quick,
    seconds: secondsOf(given.seconds, given.quick),
    json: given.json,
    onlyAgreement: given['only-agreement'],
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        device: { type: 'string' },
        quick: { type: 'boolean', default: false },
        seconds: { type: 'string' },
        json: { type: 'string' },
        'only-agreement': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (cause) {
    throw new ScoringBiasError('UNKNOWN_NAME', reasonOf(cause), { cause })
  }
}

function secondsOf(given: string | undefined, quick: boolean): number {
  if (given === undefined) return quick ? Number.POSITIVE_INFINITY : defaultSeconds
  const seconds = given.trim() === '' ? Number.NaN : Number(given)
  requireWithin('--seconds', seconds, 0, Number.POSITIVE_INFINITY)
  return seconds
}
