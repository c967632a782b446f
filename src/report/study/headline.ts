import { detectorTitle } from '../../detectors/detectors.js'
import type { ClassResult, Direction, StudyResult } from '../../study/core/types.js'
import { formatPercent, formatSigned } from '../format.js'
import { enumerate } from '../words.js'

/** The answer of a study in one or two sentences, with every class in one of them. */
export function headline(result: StudyResult): string {
  const baseline = detectorTitle(result.detectors.baseline)
  const candidate = detectorTitle(result.detectors.candidate)
  const going = (direction: Direction): ClassResult[] => result.classes.filter((one) => one.direction === direction)
  const changes = [list('more', going('up')), list('less', going('down'))].filter((part) => part !== '')
  const unclear = going('none').map(({ name }) => name)
  const sentences = [
    changes.length > 0 &&
      `At a false-positive rate of ${formatPercent(result.fpr)}, ${candidate} detects ${changes.join(', and ')}${changes.length > 1 ? ',' : ''} than ${baseline} does.`,
    unclear.length > 0 &&
      `For ${enumerate(unclear)} the ${formatPercent(result.level)} interval includes no difference.`,
  ]
  return sentences.filter((sentence) => sentence !== false).join(' ')
}

function list(what: string, classes: readonly ClassResult[]): string {
  if (classes.length === 0) return ''
  return `${what} ${enumerate(classes.map(({ name, xi }) => `${name} (ξ ${formatSigned(xi)})`))}`
}
