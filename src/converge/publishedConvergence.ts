import type { DatasetName } from '../data/datasets.js'

/** What the paper studies the convergence of on a data set. */
export interface PublishedConvergence {
  /** Classes that are normal and classes that are anomalous, each all together. */
  readonly normal: readonly string[]
  readonly anomaly: readonly string[]
  /** Normal samples to train on, of all that the data set has. */
  readonly nTrain: number
  /** Normal samples of the fixed test set, of all that the data set has. */
  readonly nTest: number
  readonly sizes: readonly number[]
  readonly runs: number
}

/** Section 4.2 and Appendix D of Ye, Chen and Zheng (IJCAI 2021), but for the runs on StatLog, of which they have 100. */
export const publishedConvergence: Readonly<Record<DatasetName, PublishedConvergence>> = {
  synthetic: {
    normal: ['normal'],
    anomaly: ['anomalous'],
    nTrain: 10_000,
    nTest: 20_000,
    sizes: [100, 1000, 10_000],
    runs: 1500,
  },
  statlog: {
    normal: ['grey soil', 'damp grey soil', 'very damp grey soil'],
    anomaly: ['red soil', 'cotton crop'],
    nTrain: 1200,
    nTest: 1000,
    sizes: [100, 200, 500, 1000],
    runs: 1500,
  },
  'fashion-mnist': {
    normal: ['top'],
    anomaly: ['shirt'],
    nTrain: 3000,
    nTest: 2000,
    sizes: [100, 200, 500, 1000],
    runs: 100,
  },
  spectrum: {
    normal: ['normal'],
    anomaly: ['NB-10ms'],
    nTrain: 16_000,
    nTest: 6000,
    sizes: [100, 200, 500, 1000, 2000, 5000],
    runs: 1000,
  },
}
