import type { RunDetectorScores, RunTraining, StudyResult } from '../../../src/study/core/types.js'

/** Log-normal scores at equally spaced probabilities (logistic approximation): realistic in shape, the same every time. */
function scores(n: number, log10Median: number, spread: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => {
    const p = (i + 0.5) / n
    return 10 ** (log10Median + spread * Math.log(p / (1 - p)))
  })
}

const baseline: RunDetectorScores = {
  threshold: 0.19,
  normal: scores(1508, -1.3, 0.2),
  classes: [
    scores(506, -1.1, 0.21),
    scores(1533, -0.5, 0.17),
    scores(1358, -0.55, 0.2),
    scores(707, -0.75, 0.24),
    scores(703, 0.6, 0.3),
  ],
}

const candidate: RunDetectorScores = {
  threshold: 0.9,
  normal: scores(1508, -1.1, 0.36),
  classes: [
    scores(506, 0.6, 0.45),
    scores(1533, 1.1, 0.5),
    scores(1358, 0.9, 0.4),
    scores(707, -0.5, 0.4),
    scores(703, 0.3, 0.5),
  ],
}

/** Losses that fall as those of real trainings do, a little differently in every run. */
export function trainings(nRuns: number, start: number): RunTraining[] {
  const falling = (epochs: number, from: number, run: number) =>
    Float64Array.from(
      { length: epochs },
      (_, i) => from * (0.03 + 1.1 ** run * Math.exp(-0.2 * Math.sqrt(i)) * (1 + 0.05 * Math.sin(2.3 * i + run))),
    )
  return Array.from({ length: nRuns }, (_, run) => ({
    run,
    losses: falling(200, start, run / nRuns),
    pretrainLosses: falling(100, 1.2, run / nRuns),
  }))
}

/** A study's result in the likeness of the paper's Table 4. */
export const study: StudyResult = {
  dataset: 'statlog',
  data: { sha256: 'e4a3'.padEnd(64, '0123456789abcdef'), nSamples: 6435, dataSeed: 0 },
  simulated: false,
  split: 'published',
  normal: 'very damp grey soil',
  anomaly: 'damp grey soil',
  runs: 5,
  fpr: 0.05,
  level: 0.95,
  seed: 0,
  resamples: 10_000,
  detectors: { baseline: 'deep-svdd', candidate: 'deep-sad' },
  classes: [
    {
      name: 'damp grey soil',
      n: 506,
      l2: 0,
      tprBaseline: { mean: 0.154, sd: 0.031 },
      tprCandidate: { mean: 0.809, sd: 0.019 },
      xi: 0.655,
      interval: [0.591, 0.706],
      pValue: 0.0002,
      simultaneous: [0.55, 0.75],
      pAdjusted: 0.0011,
      direction: 'up',
    },
    {
      name: 'red soil',
      n: 1533,
      l2: 4.390670332787107,
      tprBaseline: { mean: 0.741, sd: 0.168 },
      tprCandidate: { mean: 0.887, sd: 0.062 },
      xi: 0.146,
      interval: [-0.032, 0.331],
      pValue: 0.09,
      simultaneous: [-0.17, 0.46],
      pAdjusted: 0.35,
      direction: 'none',
    },
    {
      name: 'grey soil',
      n: 1358,
      l2: 4.421859082970629,
      tprBaseline: { mean: 0.683, sd: 0.102 },
      tprCandidate: { mean: 0.912, sd: 0.021 },
      xi: 0.229,
      interval: [0.111, 0.352],
      pValue: 0.006,
      simultaneous: [0.02, 0.44],
      pAdjusted: 0.031,
      direction: 'up',
    },
    {
      name: 'vegetation stubble',
      n: 707,
      l2: 5.441366285239437,
      tprBaseline: { mean: 0.449, sd: 0.091 },
      tprCandidate: { mean: 0.251, sd: 0.063 },
      xi: -0.198,
      interval: [-0.301, -0.084],
      pValue: 0.008,
      simultaneous: [-0.36, -0.01],
      pAdjusted: 0.042,
      direction: 'down',
    },
    {
      name: 'cotton crop',
      n: 703,
      l2: 11.458182105513169,
      tprBaseline: { mean: 0.953, sd: 0.067 },
      tprCandidate: { mean: 0.668, sd: 0.231 },
      xi: -0.285,
      interval: [-0.502, -0.061],
      pValue: 0.002,
      simultaneous: [-0.55, -0.02],
      pAdjusted: 0.012,
      direction: 'down',
    },
  ],
  similarity: {
    all: {
      n: 5,
      tau: -0.8,
      pValue: 1 / 12,
      exact: true,
      uncertainty: { below: 1, above: 0 },
    },
    unlabelled: {
      n: 4,
      tau: -2 / 3,
      pValue: 1 / 3,
      exact: true,
      uncertainty: { below: 0.9876, above: 0.0014 },
    },
  },
  intervalCovers:
    'The interval covers both sampling (paired bootstrap of test and threshold samples) and training (runs, resampled) variation; it does not cover another choice of classes or settings.',
  epochs: 200,
  pretrainEpochs: 100,
  device: 'cpu',
  workers: 2,
  elapsedSeconds: 41.3,
  distance: 'euclidean',
  l2Normal: 3.6262626296350016,
  training: {
    nNormal: 1206,
    nAnomaly: 120,
    converged: [0, 1, 2, 3, 4],
    baseline: trainings(5, 0.4),
    candidate: trainings(5, 2),
  },
  validation: {
    n: 1508,
    nTrainedOn: 1206,
    fprBaseline: { mean: 0.0497, sd: 0 },
    fprCandidate: { mean: 0.0497, sd: 0 },
  },
  settings: {
    network: 'mlp 36-32-16-8',
    decoder: 'identity',
    optimiser: 'Adam',
    learningRate: 1e-3,
    milestones: [60, 120, 180],
    learningRateDecay: 0.1,
    batchSize: 128,
    weightDecay: 5e-7,
    pretrainWeightDecay: 5e-4,
    beta1: 0.9,
    beta2: 0.999,
    adamEpsilon: 1e-8,
    batchNormMomentum: 0.1,
    centreGuard: 0.1,
    eta: 1,
    lossEpsilon: 1e-6,
  },
  attribution:
    'StatLog (Landsat Satellite) by Ashwin Srinivasan (1993), UCI Machine Learning Repository, https://doi.org/10.24432/C55887, CC BY 4.0; features standardised',
  version: '0.1.0',
  versions: { node: '20.20.2', 'onnxruntime-node': '1.30.0' },
  processor: 'AMD EPYC, linux x64',
  warnings: [],
  scores: { run: 0, baseline, candidate },
}

/** The same with a candidate that diverged in run 1, in training, and in run 3, in pretraining. */
export const divergedStudy: StudyResult = {
  ...study,
  warnings: ['2 of 5 runs diverged'],
  training: {
    ...study.training,
    converged: [0, 2, 4],
    candidate: study.training.candidate.map((run): RunTraining => {
      if (run.run === 1) {
        const losses = run.losses.slice(0, 40).map((loss, i) => loss * 1.1 ** i)
        return { ...run, losses, divergence: { kind: 'not-finite', quantity: 'loss', phase: 'train', epoch: 41 } }
      }
      if (run.run !== 3) return run
      const divergence = { kind: 'not-finite', quantity: 'loss', phase: 'pretrain', epoch: 31 } as const
      return { run: 3, losses: new Float64Array(0), pretrainLosses: run.pretrainLosses.slice(0, 30), divergence }
    }),
  },
}
