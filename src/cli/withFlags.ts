import type { Command, Option } from 'commander'
import { decimalHint } from './flags.js'
import type { GivenValues } from './givenValues.js'

/** Options of functions whose flags have other names: by the name of the option, that of the flag's value. */
const otherNames: Readonly<Record<string, string>> = {
  alphas: 'alpha',
  anomalousCorrelation: 'anomalyCorrelation',
  batchRows: 'batch',
  fprs: 'fpr',
  nAnomalous: 'anomalies',
  nNormal: 'normals',
  nTest: 'testNormals',
  nTrain: 'trainNormals',
  sdBaseline: 'trainingSd',
  sdCandidate: 'trainingSd',
  sizes: 'n',
  slopeBaseline: 'slope',
  slopeCandidate: 'slope',
}

/** Options that are on or off, or a list that another flag gives. */
const otherLists: Readonly<Record<string, string>> = { curve: 'curveFprs' }

/** An option that a message begins with, or two that it adds: `fprs[0] must`, `margin of 'a' must`, `tprBaseline + xi must`. */
const beginning = /^(\w+)(?:\[(\d+)\])?(?: \+ (\w+))?(?=( of '.*?'| at level [\d.e-]+)? must )/

/**
 * A message with the flags of a command in the place of the options that functions have: `--normal` for `the option normal`,
 * and for an option that the message begins with, `perDay must be above 0`, with its place in a list: `value 2 of --fpr must`.
 * Where a list was given with what looks like a decimal comma, it says how decimals are written.
 */
export function withFlags(message: string, command: Command | undefined, given: GivenValues): string {
  const optionOf = (name: string | undefined) => command?.options.find((one) => one.attributeName() === name)
  const found = (name: string, isList: boolean) =>
    (isList ? optionOf(otherLists[name]) : undefined) ?? optionOf(name) ?? optionOf(otherNames[name])
  const valuesOf = (option: Option) => given.get(option) ?? []
  let first: Option | undefined
  const told = message
    .replace(/\bthe option (\w+)/g, (words, name: string) => optionOf(name)?.long ?? words)
    .replace(beginning, (words, name: string, place: string | undefined, added: string | undefined) => {
      first = found(name, place !== undefined)
      if (first === undefined) return words
      if (added !== undefined) return `${first.long} + ${found(added, false)?.long ?? added}`
      const isAlone = !valuesOf(first).join().includes(',')
      return place === undefined || isAlone ? `${first.long}` : `value ${Number(place) + 1} of ${first.long}`
    })
  // `a=0,7,b=0.3` has a class that is called `7,b`.
  first ??= optionOf(/^unknown class of (\w+) /.exec(told)?.[1])
  // Whole numbers stand in lists with commas as they are.
  if (first === undefined || / must be an integer /.test(told)) return told
  const hint = valuesOf(first).flatMap(decimalHint).slice(0, 1)
  return hint.length === 0 ? told : `${told}. ${hint.join('').replace(/\.$/, '')}`
}
