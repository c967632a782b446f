import type { CandidateComparison, ComparedClass, Comparison } from '../../compare/types.js'
import type { Direction } from '../../stats/bias/direction.js'
import { formatPercent, formatSigned } from '../format.js'
import { enumerate } from '../words.js'

/** Classes of one kind to name; the others are counted. */
const maxNamed = 6

/** The answer for one candidate in one to three sentences: where it detects more, where less, where that is undecided. */
export function compareHeadline(comparison: Comparison, candidate: CandidateComparison): string {
  const { baseline, fpr, level } = comparison
  const whole = candidate.classes.length === 0
  const sets = whole ? [candidate.overall] : candidate.classes
  const going = (direction: Direction) => sets.filter((one) => one.direction === direction)
  const changes = (['up', 'down'] as const).flatMap((direction) => {
    const some = going(direction)
    if (some.length === 0) return []
    return [
      `${direction === 'up' ? 'more' : 'less'} of ${named(some, ({ name, xi }) => `${name} (ξ ${formatSigned(xi, 3)})`)}`,
    ]
  })
  const undecided = going('none')
  const intervals = `the ${whole ? '' : 'simultaneous '}${formatPercent(level)} interval${undecided.length > 1 ? 's include' : ' includes'} no difference`
  const sentences = [
    changes.length > 0 &&
      `At a false-positive rate of ${formatPercent(fpr)}, ${candidate.candidate.name} detects ${changes.join(', and ')}, than ${baseline.name} does.`,
    undecided.length > 0 && `Undecided: ${named(undecided, ({ name }) => name)}; ${intervals}.`,
  ]
  return sentences.filter((sentence) => sentence !== false).join(' ')
}

function named(classes: readonly ComparedClass[], text: (one: ComparedClass) => string): string {
  const rest = classes.length - maxNamed
  // One left over is named rather than counted.
  if (rest <= 1) return enumerate(classes.map(text))
  return enumerate([...classes.slice(0, maxNamed).map(text), `${rest} others`])
}
