import type { Command, Option } from 'commander'
import { show } from '../check.js'
import { addsUp } from './flags.js'

/** What options were given on the command line, as it stood there. */
export type GivenValues = Map<Option, string[]>

/**
 * Notes what the options of a command are given, and refuses another value of an option that takes one, be it the same in other words: the
 * first would be lost without a word. On and off of one thing, as `--report` and `--no-report`, are no values: the last says which.
 */
export function noteValues(command: Command, given: GivenValues): void {
  for (const option of command.options) {
    if (option.isBoolean() || option.negate) continue
    command.on(`option:${option.name()}`, (value: string | null) => {
      const text = value ?? ''
      const earlier = given.get(option) ?? []
      if (!addsUp(option) && earlier.some((one) => one !== text)) refuseSecond(command, option, [...earlier, text])
      given.set(option, [...earlier, text])
    })
  }
}

function refuseSecond(command: Command, option: Option, values: readonly string[]): never {
  const shown = values.map((value) => (value === '' ? 'no value' : show(value))).join(' and ')
  return command.error(
    `error: option '${option.flags}' is given ${shown}, and takes one value. Leave all but one of them out`,
  )
}
