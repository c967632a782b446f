import { at } from '../../check.js'
import { counted, formatCount } from '../../counted.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type { SettingResult } from '../../study/nearFar.js'
import type { LabelSweep, SweepCell } from '../../study/sweep/labelSweep.js'
import { formatGiven, formatSigned } from '../format.js'
import { settingTitle } from '../matrix/matrixText.js'
import { requireAnswer } from '../requireAnswer.js'
import { comparedTitle, networkLines, preparedLines, stoppingLines, trainedWords } from '../study/studyWords.js'
import { textLines, textTable } from '../textTable.js'
import { arrows, enumerate, originLines, warningLines } from '../words.js'

/** A sweep over labels and contamination for people at a terminal: a table for each contamination. No colours. */
export function sweepText(sweep: LabelSweep): string {
  requireAnswer('sweepText', sweep, 'labelSweep')
  return textLines([
    `${comparedTitle(sweep)} (${sweep.network}): normal ${sweep.normal} (${trainedWords(sweep)}), labelled ${sweep.anomaly}, ` +
      counted(sweep.runs, 'run'),
    ...networkLines(sweep.network, sweep.networkReason),
    ...preparedLines(sweep.data, sweep.nHeldOut),
    ...stoppingLines(
      sweep.detectors,
      sweep.trainingSettings,
      sweep.cells.map(({ bestEpochs }) => bestEpochs),
    ),
    ...sweep.contamination.map((share) => levelTable(sweep, share)),
    sweepReading(sweep),
    ...sweepAnswers(sweep),
    ...warningLines(sweep.warnings),
    ...originLines(sweep),
  ])
}

/** The cells of a contamination, in the order of `labelled`. */
export function cellsAt({ cells }: LabelSweep, contamination: number): SweepCell[] {
  return cells.filter((cell) => cell.contamination === contamination)
}

/** `contamination 1 %: 12 anomalies hidden among the 1,206 normal samples` */
export function levelTitle(sweep: LabelSweep, contamination: number): string {
  const { hidden } = at(cellsAt(sweep, contamination), 0)
  const { nNormal, nHeldOut = 0 } = sweep
  if (hidden === 0) return 'no hidden anomalies'
  return `contamination ${formatGiven(contamination)}: ${counted(hidden, 'anomaly', 'anomalies')} hidden among the ${formatCount(nNormal + nHeldOut)} normal samples`
}

function levelTable(sweep: LabelSweep, contamination: number): string {
  const cells = cellsAt(sweep, contamination)
  const classes = sweep.tested.map(({ name, side }, k) => [
    name === sweep.anomaly ? `${name} (labelled)` : name,
    side,
    ...cells.map(({ classes: own }) => arrowed(at(own, k))),
  ])
  const settings = at(cells, 0).settings.map((setting) => [
    settingTitle(setting),
    '',
    ...cells.map((cell) => {
      const same = cell.settings.find((one) => settingTitle(one) === settingTitle(setting))
      return same === undefined ? '–' : arrowed(same)
    }),
  ])
  const head = ['tested \\ labels', '', ...sweep.labelled.map(String)]
  const align = `ll${'r'.repeat(cells.length)}`
  return `${levelTitle(sweep, contamination)}\n${textTable(head, [...classes, ...settings], { align })}`
}

function arrowed({ xi, direction }: Pick<SettingResult, 'xi' | 'direction'>): string {
  return `${formatSigned(xi)} ${arrows[direction]}`
}

/** What the numbers are, and what their arrows. */
function sweepReading(sweep: LabelSweep): string {
  return (
    `${sweepXi(sweep)}; ↑ ↓ where its simultaneous ${formatGiven(sweep.level)} interval, which holds for all ${cellCount(sweep)} at once, ` +
    `excludes 0. ${sweepOrder(sweep)} Settings are means over the classes that are not labelled, and a family of their own.`
  )
}

/** What ξ is, without the full stop of a sentence. */
export function sweepXi({ detectors, fpr }: LabelSweep): string {
  return `ξ = TPR ${detectorTitle(detectors.candidate)} − TPR ${detectorTitle(detectors.baseline)} at FPR ${formatGiven(fpr)}, by number of labelled anomalies`
}

/** `30 cells` */
export function cellCount({ cells, tested }: LabelSweep): string {
  return counted(cells.length * tested.length, 'cell')
}

/** The order of the classes, and which of them are near. */
export function sweepOrder({ normal, anomaly }: LabelSweep): string {
  return `Classes in order of distance to ${anomaly}; near: at most the median distance of all classes of anomalies to ${normal}, far: beyond.`
}

/** Where arrows turn, a sentence for each contamination. */
export function sweepAnswers(sweep: LabelSweep): string[] {
  const { labelled, turns, contamination } = sweep
  const most = labelled.at(-1)
  return contamination.map((share) => {
    const own = turns.filter((turn) => turn.contamination === share)
    const told = (what: 'helped' | 'hurt') => {
      const found = own.flatMap((turn) =>
        turn[what] === null ? [] : [`${turn.class} from ${counted(turn[what], 'label')} on`],
      )
      return found.length === 0 ? [] : [`${what}: ${enumerate(found)}`]
    }
    const all = [...told('helped'), ...told('hurt')]
    const said =
      all.length === 0 ? `no class is helped or hurt with confidence at ${counted(most ?? 0, 'label')}` : all.join('; ')
    return `Contamination ${formatGiven(share)}: ${said}.`
  })
}
