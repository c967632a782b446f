import { type Command, InvalidArgumentError } from 'commander'
import type { Comparison } from '../compare/types.js'
import { ScoringBiasError } from '../errors.js'
import { type GateOptions, gates, type Verdict } from '../stats/bias/gate.js'
import { adding, choice, decimalHint, fraction } from './flags.js'

/** What asks for a verdict, and where it goes. */
export interface GateFlags extends GateOptions {
  undecided?: Exclude<Verdict, 'undecided'>
  markdown?: string
}

/** What a verdict ends the command with. */
export const verdictCodes: Readonly<Record<Verdict, number>> = { pass: 0, fail: 3, undecided: 4 }

/** Gives a command the options that ask for a verdict. */
export function withGate(command: Command): Command {
  return command
    .option(
      '--margin <margin>',
      'ask for a verdict: the loss of recall that you would bear, as 0.02 or 2%, or by class, as crack=0,dent=0.05',
      adding(margins, bothMargins),
    )
    .addOption(choice('--gate <gate>', 'what the verdict is on (default: non-inferiority)', gates))
    .addOption(choice('--undecided <verdict>', 'what an undecided verdict counts as', ['pass', 'fail']))
    .option('--markdown <path>', 'write a table in Markdown there, for a pull request or a job summary')
    .addHelpText(
      'after',
      `
Exit codes:
  0  done; with --margin: pass
  1  failed
  2  bad input
  3  with --margin: fail, on some class of some candidate
  4  with --margin: undecided`,
    )
}

/** Errors: `OUT_OF_RANGE` for options that mean nothing without a verdict. */
export function requireGate({ margin, gate, undecided }: GateFlags): void {
  if (undecided === undefined || margin !== undefined || gate === 'superiority') return
  throw new ScoringBiasError('OUT_OF_RANGE', '--undecided needs a verdict. Ask for one with --margin')
}

/** The exit code of a comparison: 0 where no verdict was asked for. */
export function verdictCode({ verdict = 'pass' }: Pick<Comparison, 'verdict'>, { undecided }: GateFlags): number {
  return verdictCodes[verdict === 'undecided' ? (undecided ?? verdict) : verdict]
}

/** One for all classes, or by class. */
type Margins = number | Record<string, number>

/** `0.02`, or `crack=0,dent=0.05`. */
function margins(text: string): Margins {
  if (text.includes('=')) return byClass(text)
  if (/^[^,]*\d[^,]*$/.test(text)) return fraction(text)
  throw new InvalidArgumentError(
    ['It takes a number, as 0.02 or 2%, or one by class, as crack=0,dent=0.05.', ...decimalHint(text)].join(' '),
  )
}

/** Values by class, `crack=0,dent=0.05`; names may hold commas and equals signs, as no value does. */
export function byClass(text: string): Record<string, number> {
  const found = [...text.matchAll(/(.+?)=([^=,]*)(?:,|$)/gsy)].map(([whole, name = '', value = '']) => ({
    whole,
    name: name.trim(),
    value: fraction(value),
  }))
  if (found.reduce((length, { whole }) => length + whole.length, 0) < text.length) {
    throw new InvalidArgumentError(['It takes class=value, with commas between them.', ...decimalHint(text)].join(' '))
  }
  return found.reduce((all, { name, value }) => bothByClass(all, Object.fromEntries([[name, value]])), {})
}

/** Values by class from two places. */
export function bothByClass(
  earlier: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
): Record<string, number> {
  const twice = Object.keys(more).find((name) => Object.hasOwn(earlier, name))
  if (twice !== undefined) throw new InvalidArgumentError(`Class '${twice}' is named twice.`)
  return Object.fromEntries([...Object.entries(earlier), ...Object.entries(more)])
}

function bothMargins(earlier: Margins, more: Margins): Margins {
  if (typeof earlier === 'object' && typeof more === 'object') return bothByClass(earlier, more)
  if (earlier === more) return earlier
  throw new InvalidArgumentError('It is given twice. Give one number for all classes, or one for each class.')
}
