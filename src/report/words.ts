import { counted, formatCount } from '../counted.js'
import { deviceTitle, type TakenDevice } from '../runtime/device.js'
import type { Direction } from '../stats/bias/direction.js'
import type { StudyResult } from '../study/core/types.js'

export const arrows: Readonly<Record<Direction, string>> = { up: '↑', down: '↓', none: '·' }

/** What arrows are read out as. */
export const directionWords: Readonly<Record<Direction, string>> = { up: 'up', down: 'down', none: 'undecided' }

/** The paper, as pages cite it. */
export const paperWords =
  'Ziyu Ye, Yuxin Chen and Haitao Zheng, “Understanding the Effect of Bias in Deep Anomaly Detection”, IJCAI 2021'

type Versions = Pick<StudyResult, 'version' | 'versions'>

/** What computed a result: `scoring-bias 0.1.0`, `node 20.19.0`. */
export function versionList({ version, versions }: Versions): string[] {
  return [`scoring-bias ${version}`, ...Object.entries(versions).map((entry) => entry.join(' '))]
}

/** `scoring-bias 0.1.0, node 20.19.0` */
export function versionWords(result: Versions): string {
  return versionList(result).join(', ')
}

/** `200 epochs after 100 of pretraining`, and `of` whom that is true, or `200 epochs without pretraining`. */
export function epochsWords(
  { epochs, pretrainEpochs }: { readonly epochs: number; readonly pretrainEpochs: number },
  of = '',
): string {
  const pretraining =
    pretrainEpochs === 0 ? 'without pretraining' : `after ${formatCount(pretrainEpochs)} of pretraining${of}`
  return `${counted(epochs, 'epoch')} ${pretraining}`
}

/** Of pages that tell of several detectors. */
export const whereItPretrains = ' where the detector has one'

/** `CPU`, with the reason where `auto` took it. */
export function deviceWords({ device, deviceReason }: TakenDevice): string {
  return `${deviceTitle(device)}${deviceReason === undefined ? '' : ` (auto: ${deviceReason})`}`
}

/** Where it was computed, and whose data. */
export function originLines(result: TakenDevice & Pick<StudyResult, 'attribution'>): string[] {
  return [`Computed on ${deviceWords(result)}.`, ...dataLines(result)]
}

/** Whose data; no line where that is unknown. */
export function dataLines({ attribution }: Pick<StudyResult, 'attribution'>): string[] {
  return attribution === '' ? [] : [`Data: ${attribution}.`]
}

/** A text that begins with a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A warning as a sentence. */
export function warningSentence(warning: string): string {
  return warning.replace(/\.?$/, '.')
}

/** Warnings for people at a terminal, a line each. */
export function warningLines(warnings: readonly string[]): string[] {
  return warnings.map((warning) => `Warning: ${warningSentence(warning)}`)
}

/** Letters of names in a sentence; longer lists are hard to read. */
const mostLetters = 180

/** `a, b and 7 others`: at most so many are named, of long names fewer. One that is left over is named, not counted. */
export function enumerateSome(items: readonly string[], most: number): string {
  let letters = 0
  const fitting = items.findIndex((item) => {
    letters += item.length
    return letters > mostLetters
  })
  const readable = Math.max(1, fitting < 0 ? items.length : fitting)
  const shown = Math.min(readable, items.length <= most + 1 ? items.length : most)
  const rest = items.length - shown
  return rest === 0
    ? enumerate(items)
    : enumerate([...items.slice(0, shown), rest === 1 ? '1 other' : `${rest} others`])
}

/** What is said of sets of anomalies whose interval includes 0, and between which detectors where there are more than two. */
export function noDifference(
  names: readonly string[],
  {
    most,
    interval,
    between,
  }: { readonly most: number; readonly interval: string; readonly between?: string | undefined },
): string {
  return `No difference ${between === undefined ? '' : `between ${between} `}is shown on ${enumerateSome(names, most)}: the ${interval} ${names.length > 1 ? 'intervals include' : 'interval includes'} 0.`
}

/** `a`, `a and b`, `a, b and c` */
export function enumerate(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
