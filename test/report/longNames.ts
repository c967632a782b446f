import { compare } from '../../src/compare/compare.js'
import { compareRange } from '../../src/compare/compareRange.js'
import { compareSeeds } from '../../src/compare/compareSeeds.js'
import { compareTargets } from '../../src/compare/compareTargets.js'
import type { ScoreData } from '../../src/compare/types.js'
import { compareReport } from '../../src/report/compare/compareReport.js'
import { rangeReport } from '../../src/report/compare/rangeReport.js'
import { seedReport } from '../../src/report/compare/seedReport.js'
import { matrixReport } from '../../src/report/matrix/matrixReport.js'
import { studyReport } from '../../src/report/study/studyReport.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { meanTrainer } from '../fuzz/meanTrainer.js'
import { normals } from '../stats/samples.js'
import { study } from './study/studyFixture.js'

/** Names of 40 characters and more with a common beginning, and one without a place to break. */
export const longName = (k: number) =>
  k === 1
    ? 'fault_of_the_machine_without_any_place_to_break_a_line_'.repeat(2)
    : `fault of the machine with a very long name, kind ${k}`

/** Detectors that scored the same samples: the first is the baseline, the others gain and lose by class. */
export function longScores(nDetectors: number, nClasses: number): ScoreData {
  const detectors = Array.from({ length: nDetectors }, (_, d) => d)
  const [normal, anomalous] = [normals(400, 1), normals(30 * nClasses, 2, 2)]
  return {
    source: 'scores.csv',
    detectors: detectors.map((d) => `autoencoder trained on windows of a common length, variant ${d}`),
    validation: detectors.map((d) => normals(400, 10 + d).map((x, i) => 0.8 * (normal[i] ?? 0) + 0.6 * x)),
    anomalous: detectors.map((d) =>
      normals(30 * nClasses, 40 + d).map(
        (x, i) => 0.8 * (anomalous[i] ?? 0) + 0.6 * x + (d === 0 ? 0 : 1.5 * Math.sin(1 + d * (i % nClasses))),
      ),
    ),
    classes: Array.from(anomalous, (_, i) => longName(i % nClasses)),
  }
}

const table = {
  ...{ name: 'parts', attribution: 'nobody', featureNames: ['x1', 'x2'] },
  features: Float32Array.from({ length: 240 }, (_, i) => Math.sin(i * i)),
  classes: ['normal', longName(0), longName(1), longName(2)],
  labels: Uint8Array.from({ length: 120 }, (_, i) => i % 4),
}

/** Pages of every kind with such names. */
export const pages: Readonly<Record<string, () => Promise<string>>> = {
  'one candidate': async () => {
    const data = longScores(2, 4)
    const asked = { curve: [0.02, 0.05, 0.1], laws: true, margin: 0.1, prevalence: 0.01, perDay: 1e4, resamples: 300 }
    return compareReport(await compare(data, { ...asked, mix: { [longName(0)]: 0.5, [longName(1)]: 0.5 } }), data)
  },
  'many candidates and classes': async () => {
    const data = longScores(13, 30)
    return compareReport(await compare(data, { resamples: 100, margin: 0.3 }), data)
  },
  'several targets': async () => {
    const data = longScores(3, 3)
    return compareReport(await compareTargets(data, { fprs: [0.01, 0.05, 0.2], margin: 0.1, resamples: 100 }), data)
  },
  groups: async () => {
    const data = { ...longScores(2, 3), groups: { normal: numbered(400, 40), anomalous: numbered(90, 30) } }
    return compareReport(await compare(data, { resamples: 100 }), data)
  },
  'a range': async () => {
    const asked = { fprRange: [0.01, 0.1], resamples: 100, margin: 0.1 } as const
    return rangeReport(await compareRange(longScores(3, 14), asked))
  },
  seeds: async () => {
    const trainings = { baseline: 'autoencoder*', candidate: 'variant*', nBaseline: 2 }
    return seedReport(await compareSeeds({ ...longScores(5, 14), trainings }, { resamples: 100 }))
  },
  'a study': () =>
    studyReport({
      ...study,
      anomaly: longName(0),
      classes: study.classes.map((one, k) => ({ ...one, name: longName(k) })),
    }),
  'a matrix': async () =>
    matrixReport(await anomalyMatrix({ dataset: table, runs: 2, fpr: 0.3, resamples: 100, trainer: meanTrainer })),
}

function numbered(n: number, groups: number): string[] {
  return Array.from({ length: n }, (_, i) => `patient ${i % groups}`)
}
