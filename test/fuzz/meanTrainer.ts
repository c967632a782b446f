import type { UnitTrainer, UnitWork } from '../../src/study/core/unit.js'

/** A trainer that trains nothing: its score is the squared distance from the mean of the run's normal samples. */
export const meanTrainer: UnitTrainer = {
  workers: 1,
  device: async () => 'cpu',
  train: async ({ samples: { features, nSamples, sample }, runs }: UnitWork) => {
    const size = sample.reduce((product, n) => product * n, 1)
    const value = (row: number, j: number) => features[row * size + j] ?? Number.NaN
    const trained = runs.map(({ run, normal, anomalous }) => {
      const mean = Array.from({ length: size }, (_, j) => {
        const sum = normal.reduce((total, row) => total + value(row, j), 0)
        return sum / normal.length + anomalous.length / 1000
      })
      const scores = Float32Array.from({ length: nSamples }, (_, row) =>
        mean.reduce((sum, centre, j) => sum + (value(row, j) - centre) ** 2, 0),
      )
      return { training: { run, losses: Float64Array.of(1), pretrainLosses: Float64Array.of(1) }, scores }
    })
    return { device: 'cpu', runs: trained }
  },
}
