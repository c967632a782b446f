import { compare, planSamples, relativeBias } from '../src/index.js'
import * as random from '../src/rooms/random.js'
import { normalQuantile } from '../src/special.js'
import { ratesOf } from './plannedPowerCell.js'

/** What is planned for: a gate or an arrow, several candidates, samples in groups. Scores are Gaussian. */
export interface PlanKind {
  readonly tprBaseline: number
  readonly xi: number
  /** Correlation of both detectors' scores. */
  readonly correlation: number
  readonly classes: number
  /** Of a gate; without one the arrow of a class is planned for. */
  readonly margin?: number
  readonly candidates?: number
  /** Intraclass correlation of the scores, and samples of a group: normals and anomalies of a class. */
  readonly icc?: number
  readonly groupSize?: readonly [number, number]
}

export interface PlannedKind extends PlanKind {
  readonly number: number
  readonly dataSets: number
  readonly nNormal: number
  readonly nAnomalous: number
  readonly predicted: { readonly power: number; readonly halfWidth: number }
  /** Gates that pass, or arrows that point the right way, with the standard error; and the mean half width. */
  readonly simulated: { readonly power: number; readonly error: number; readonly halfWidth: number }
}

const fpr = 0.05

export const planKinds: readonly PlanKind[] = [
  { tprBaseline: 0.6, xi: 0, correlation: 0.8, classes: 1, margin: 0.1 },
  { tprBaseline: 0.6, xi: 0, correlation: 0.8, classes: 3, margin: 0.1 },
  { tprBaseline: 0.6, xi: 0.05, correlation: 0.8, classes: 3, margin: 0.05 },
  { tprBaseline: 0.4, xi: 0.2, correlation: 0.5, classes: 2, candidates: 3 },
  { tprBaseline: 0.4, xi: 0.2, correlation: 0.5, classes: 1, icc: 0.3, groupSize: [10, 5] },
  { tprBaseline: 0.4, xi: 0.2, correlation: 0.5, classes: 2, icc: 0.1, groupSize: [20, 10] },
  { tprBaseline: 0.6, xi: 0, correlation: 0.8, classes: 1, margin: 0.1, icc: 0.3, groupSize: [10, 5] },
]

/** Plans with the true rates, and simulates what `relativeBias` and `compare` find in so many samples. */
export async function simulateKind(kind: PlanKind, number: number, dataSets: number): Promise<PlannedKind> {
  const { xi, classes, margin, candidates, icc, groupSize } = kind
  const { tprCandidate: _, ...rates } = ratesOf({
    ...kind,
    fpr,
    sd: 1,
    nNormal: 1,
    nAnomalous: 1,
    method: 'confidence',
  })
  const { samples } = planSamples({ ...rates, xi, classes, margin, candidates, icc, groupSize })
  let [sum, squares, lengths] = [0, 0, 0]
  for (let d = 0; d < dataSets; d++) {
    const { right, halfWidth } = await answerOf(kind, samples, { number, d })
    sum += right
    squares += right ** 2
    lengths += halfWidth
  }
  const short = (value: number) => Number(value.toFixed(4))
  const mean = sum / dataSets
  return {
    ...{ number, ...kind, dataSets, nNormal: samples.nNormal, nAnomalous: samples.nAnomalous },
    predicted: { power: short(samples.power ?? Number.NaN), halfWidth: short(samples.halfWidth) },
    simulated: {
      power: short(mean),
      error: short(Math.sqrt((squares / dataSets - mean ** 2) / dataSets)),
      halfWidth: short(lengths / dataSets),
    },
  }
}

type Sizes = Readonly<Record<'nNormal' | 'nAnomalous', number>>

async function answerOf(kind: PlanKind, sizes: Sizes, { number, d }: { readonly number: number; readonly d: number }) {
  const { classes, margin, candidates = 1, xi } = kind
  const { baseline, candidate, groups, labels } = dataSet(kind, sizes, { seed: number + 77, replicate: d })
  const options = { fpr, resamples: 1999, seed: d, threads: 1, engine: 'tree', margin } as const
  const copies = Array.from({ length: candidates }, () => candidate)
  const { classes: answers, verdict } =
    candidates === 1
      ? await relativeBias({ baseline, candidate }, { ...options, ...own(groups), classes: labels })
      : await firstOf(
          await compare(
            {
              ...{ source: 'simulated', detectors: ['baseline', ...copies.map((_, i) => `candidate ${i}`)] },
              validation: [baseline, ...copies].map(({ normal }) => normal),
              anomalous: [baseline, ...copies].map(({ anomalous }) => anomalous),
              classes: labels.map(String),
            },
            options,
          ),
        )
  const arrows = answers.filter(({ direction }) => direction === (xi > 0 ? 'up' : 'down')).length / classes
  const halfWidth = answers.reduce((all, { simultaneous: [low, high] }) => all + (high - low) / 2 / classes, 0)
  return { right: margin === undefined ? arrows : Number(verdict === 'pass'), halfWidth }
}

/** Groups are an option of their own: with it the engine is decided. */
function own(groups: { readonly normal: number[]; readonly anomalous: number[] } | undefined) {
  return groups === undefined ? {} : { groups, engine: 'auto' as const }
}

function firstOf({ candidates: [first] }: Awaited<ReturnType<typeof compare>>) {
  if (first === undefined) throw new RangeError('there is a candidate')
  return first
}

/** Scores √icc·(effect of the group) + √(1 − icc)·(of the sample), both correlated between detectors; groups hold one kind of samples. */
function dataSet(
  { tprBaseline, xi, correlation, classes, icc = 0, groupSize }: PlanKind,
  { nNormal, nAnomalous }: Sizes,
  at: { readonly seed: number; readonly replicate: number },
) {
  const z = -normalQuantile(fpr)
  const [m0, m1] = groupSize ?? [1, 1]
  const labels = Array.from({ length: classes * nAnomalous }, (_, i) => Math.floor(i / nAnomalous))
  const groupOf = (i: number, size: number) => Math.floor(i / size)
  const draw = (n: number, size: number, stream: number) => {
    const parts = Array.from({ length: 4 }, (_, part) => random.normal(n, { ...at, stream: stream + part }))
    const [group, otherGroup, sample, otherSample] = parts as [Float64Array, Float64Array, Float64Array, Float64Array]
    const score = (g: number, s: number) => Math.sqrt(icc) * g + Math.sqrt(1 - icc) * s
    const mix = (a: number, b: number) => correlation * a + Math.sqrt(1 - correlation ** 2) * b
    const first = sample.map((s, i) => score(Number(group[groupOf(i, size)]), s))
    const second = sample.map((s, i) => {
      const g = groupOf(i, size)
      return score(mix(Number(group[g]), Number(otherGroup[g])), mix(s, Number(otherSample[i])))
    })
    return [first, second] as const
  }
  const [normal, otherNormal] = draw(nNormal, m0, 0)
  const [anomalous, other] = draw(classes * nAnomalous, m1, 8)
  const shift = (tpr: number) => (x: number) => z + normalQuantile(tpr) + x
  const names = (scores: Float64Array, size: number, first: number) =>
    Array.from(scores, (_, i) => first + groupOf(i, size))
  return {
    baseline: { normal, anomalous: anomalous.map(shift(tprBaseline)) },
    candidate: { normal: otherNormal, anomalous: other.map(shift(tprBaseline + xi)) },
    labels,
    groups:
      groupSize === undefined ? undefined : { normal: names(normal, m0, 0), anomalous: names(anomalous, m1, nNormal) },
  }
}

/** The cases as Markdown. */
export function planKindsTable(cells: readonly PlannedKind[]): string {
  const head = [
    ...['planned for', 'recalls', 'correlation', 'classes', 'candidates', 'groups', 'normals', 'anomalies of each'],
    ...['predicted', 'simulated (s.e.)', 'half width predicted', 'simulated'],
  ]
  const rows = cells.map(({ predicted, simulated, ...one }) =>
    [
      one.margin === undefined ? 'an arrow' : `a gate, margin ${one.margin}`,
      `${one.tprBaseline} → ${Number((one.tprBaseline + one.xi).toFixed(2))}`,
      ...[one.correlation, one.classes, one.candidates ?? 1],
      one.groupSize === undefined ? '–' : `of ${one.groupSize.join(' + ')}, ICC ${one.icc}`,
      ...[one.nNormal, one.nAnomalous, predicted.power.toFixed(3)],
      `${simulated.power.toFixed(3)} (${simulated.error.toFixed(3)})`,
      ...[predicted.halfWidth.toFixed(3), simulated.halfWidth.toFixed(3)],
    ].join(' | '),
  )
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows.map((row) => `| ${row} |`)].join(
    '\n',
  )
}
