import { at, invariant } from '../../check.js'
import { counted, formatCount } from '../../counted.js'
import { complement } from '../../elementary.js'
import type { Plan, SlopeSource } from '../../theory/planSamples.js'
import { formatDigits, formatGiven, formatGivenXi, formatPower, formatRate } from '../format.js'
import { requireAnswer } from '../requireAnswer.js'
import { textTable } from '../textTable.js'
import { warningLines } from '../words.js'

/** A plan for people at a terminal: what to label, what it rests on, the trade-off, and Theorem 3 beside it. No colours. */
export function planText(plan: Plan): string {
  requireAnswer('planText', plan, 'planSamples')
  return [
    planHeadline(plan),
    planOutcome(plan),
    planAssumptions(plan),
    '',
    ...(plan.tradeoff.length === 0
      ? ['No other numbers of samples that do were found.']
      : ['Other numbers of samples that do:', textTable(tradeoffTitles(plan), tradeoffRows(plan), { align: 'rrr' })]),
    ...(plan.theorem.length === 0
      ? []
      : [
          '',
          theoremQuestion(plan),
          textTable(['version', 'normals', 'anomalies', 'ε'], theoremRows(plan), { align: 'lrrr' }),
        ]),
    ...warningLines(plan.warnings),
  ].join('\n')
}

/** What to label, and for what, in a sentence. */
export function planHeadline(plan: Plan): string {
  const { goal, fpr, samples, classes, reached } = plan
  const normals = formatCount(samples.nNormal)
  const anomalies = formatCount(samples.nAnomalous)
  const at = `at a false-positive rate of ${formatGiven(fpr)}`
  const sizes =
    classes === 1
      ? `${normals} normal and ${anomalies} anomalous samples`
      : `${normals} normal samples and ${anomalies} anomalies of each class`
  const aim = `${aimOf(goal, at)}, by ${intervalsOf(plan)}`
  return reached ? `To ${aim}, label ${sizes}${groupsOf(plan)}.` : `${sizes}${groupsOf(plan)} are too few to ${aim}.`
}

function aimOf(goal: Plan['goal'], at: string): string {
  if (goal.kind === 'precision') return `estimate ξ to ± ${goal.halfWidth} ${at}`
  if (goal.kind === 'power')
    return `detect ξ = ${formatGivenXi(goal.xi)} with a power of ${formatGiven(goal.power)} ${at}`
  return `pass a gate with a margin of ${goal.margin} with a probability of ${formatGiven(goal.power)} ${at}, if ξ is ${formatGivenXi(goal.xi)}`
}

/** `a 95 % interval`, `95 % limits that hold for 3 classes and 2 candidates at once` */
function intervalsOf({ goal, level, classes, candidates }: Plan): string {
  const what = goal.kind === 'gate' ? 'limit' : 'interval'
  if (classes === 1 && candidates === 1) return `a ${formatGiven(level)} ${what}`
  const whom = [
    ...(classes === 1 ? [] : [counted(classes, 'class', 'classes')]),
    ...(candidates === 1 ? [] : [counted(candidates, 'candidate')]),
  ]
  return `${formatGiven(level)} ${what}s that hold for ${whom.join(' and ')} at once`
}

/** `, in 40 and 20 groups` */
function groupsOf({ groups, samples }: Plan): string {
  if (groups === undefined) return ''
  const { normal, anomalous } = groups.size
  const count = (n: number, size: number) => formatCount(Math.ceil(n / size))
  return `, of ${count(samples.nNormal, normal)} and of ${count(samples.nAnomalous, anomalous)} groups`
}

/** What those samples give, in a sentence. */
export function planOutcome({ samples: { halfWidth, power }, expected, classes, goal }: Plan): string {
  const xi = formatGivenXi(expected.tprCandidate - expected.tprBaseline)
  const of = classes === 1 ? 'The interval of ξ is' : 'The interval of a class is'
  const width = `${of} then about ± ${halfWidth.toFixed(4)} wide`
  if (power === undefined) return `${width}.`
  if (goal.kind !== 'gate') return `${width}, and a ξ of ${xi} is detected with a power of ${formatPower(power)}.`
  const whole = classes === 1 ? 'The gate passes' : 'The gate passes on all classes'
  return `${whole} with a probability of ${formatPower(power)}. ${width}.`
}

const slopeSources: Readonly<Record<SlopeSource, string>> = {
  given: 'as given',
  pilot: 'estimated from the pilot',
  binormal: 'guessed: binormal curves with equal variances',
}

/** ` (1.00 was asked for, which the rates do not allow)` */
function cutFrom(asked: number | undefined): string {
  return asked === undefined ? '' : ` (${asked.toFixed(2)} was asked for, which the rates do not allow)`
}

/** What the plan takes for granted, in sentences. */
export function planAssumptions({ expected, fpr, groups }: Plan): string {
  const { tprBaseline, tprCandidate, slopeBaseline, slopeCandidate, pilot, askedCorrelations: asked = {} } = expected
  const sentences = [
    `Expected at this rate: TPR ${formatRate(tprBaseline, 2)} (baseline) and ${formatRate(tprCandidate, 2)} (candidate); slopes of ` +
      `the ROC curves ${slopeBaseline.toFixed(2)} and ${slopeCandidate.toFixed(2)}, ${slopeSources[expected.slopeSource]}; ` +
      `correlation of flags ${expected.anomalousCorrelation.toFixed(2)}${cutFrom(asked.anomalous)} over anomalies and ` +
      `${expected.normalCorrelation.toFixed(2)}${cutFrom(asked.normal)} over normals.`,
  ]
  if (pilot !== undefined) {
    const { baseline, candidate } = pilot.slopes
    const interval = (bounds: readonly [number, number]) => bounds.map((bound) => bound.toFixed(2)).join(' to ')
    sentences.push(
      `Pilot: ${formatCount(pilot.nNormal)} normals and ${formatCount(pilot.nAnomalous)} anomalies. Slopes are read off ` +
        `the scores around ${formatGiven(fpr)}; their ${formatGiven(baseline.level)} intervals are ` +
        `${interval(baseline.interval)} and ${interval(candidate.interval)}.`,
    )
  }
  if (groups !== undefined) {
    const { icc, size, designEffect } = groups
    sentences.push(
      `Groups of ${size.normal} normal samples and of ${size.anomalous} anomalies, whose scores have an intraclass correlation of ${icc}: it takes ` +
        `${designEffect.normal.toFixed(2)} times the normals and ${designEffect.anomalous.toFixed(2)} times the anomalies.`,
    )
  }
  sentences.push(
    'Width and power are simulated, for Gaussian scores with these rates and the default interval method, confidence; ' +
      'the standard error of the power is below 1 %.',
  )
  return sentences.join(' ')
}

/** What the rows of Theorem 3 are asked for, in a sentence. */
export function theoremQuestion({ theorem }: Plan): string {
  const { epsilon, delta, steepest } = at(theorem, 0)
  invariant(steepest !== undefined, 'the first version of Theorem 3 takes bounds on the slopes')
  const slopes = steepest.map((slope) => slope.toFixed(1)).join(' and ')
  return (
    `Theorem 3 of Ye, Chen and Zheng (2021): samples that guarantee |ξ̂ − ξ| ≤ ${formatDigits(epsilon, 10)} with probability ` +
    `${formatGiven(complement(delta))} at the same fraction of anomalies, and the ε guaranteed by the samples above (1 or more says ` +
    `nothing). Slopes of chords of the ROC curves are taken to be at most ${slopes}; 'exact' assumes nothing of the laws, and ` +
    `'published' is the printed formula, whose proof has gaps.`
  )
}

/** The columns of the trade-off; the last is what the samples of all classes add up to. */
export function tradeoffTitles({ anomalyCost, classes }: Plan): string[] {
  const total = anomalyCost === 1 ? 'together' : `cost (${anomalyCost} an anomaly)`
  return ['normals', classes === 1 ? 'anomalies' : 'anomalies of each class', total]
}

/** Pairs of sample sizes that do, under {@link tradeoffTitles}. */
export function tradeoffRows({ tradeoff, anomalyCost, classes }: Plan): [string, string, string][] {
  return tradeoff.map(({ nNormal, nAnomalous }) => [
    formatCount(nNormal),
    formatCount(nAnomalous),
    formatCount(Math.ceil(nNormal + anomalyCost * classes * nAnomalous)),
  ])
}

/** For each version of Theorem 3 its name, the samples that it needs, and the ε that it guarantees. */
export function theoremRows({ theorem }: Plan): [string, string, string, string][] {
  return theorem.map(({ version, needs, epsilonFromPlan }) => [
    version,
    needs === undefined ? '–' : formatCount(needs.nNormal),
    needs === undefined ? '–' : formatCount(needs.nAnomalous),
    epsilonFromPlan.toFixed(3),
  ])
}
