import type { Command } from 'commander'
import type { CommandContext } from './output.js'

/** What the program's help says of a command, and where the command is: its modules load when it is called. */
interface CommandEntry {
  readonly name: string
  /** How it is called. */
  readonly usage: string
  readonly description: string
  /** Arguments of two calls, which its help shows. */
  readonly examples: readonly [string, string]
  readonly load: () => Promise<(context: CommandContext) => Command>
}

/** In the order of the program's help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'compare',
    usage: 'compare [options] <scores...>',
    description:
      'how much more (or less) a detector finds than another at a fixed false-positive rate, by kind of anomaly',
    examples: [
      'compare scores.csv --report report.html',
      'compare old.csv new.csv --key id --score score --fpr 0.01 --json',
    ],
    load: async () => (await import('./compareCommand.js')).compareCommand,
  },
  {
    name: 'summarise',
    usage: 'summarise [options] <scores...>',
    description: 'keep of one part of the scores what a comparison of all parts needs, for compare *.summary',
    examples: [
      'summarise part-1.parquet --fpr 0.01 -o part-1.summary',
      'summarise part-2.csv --baseline old --candidate new --keep 0.2 -o part-2.summary',
    ],
    load: async () => (await import('./summariseCommand.js')).summariseCommand,
  },
  {
    name: 'study',
    usage: 'study [options] <data>',
    description: 'train two detectors over several runs and estimate how much more (or less) the candidate detects',
    examples: [
      'study statlog --runs 5 --report study.html',
      'study parts.csv --label kind --normal fine --anomaly crack --ignore id --impute median',
    ],
    load: async () => (await import('./studyCommand.js')).studyCommand,
  },
  {
    name: 'matrix',
    usage: 'matrix [options] [data]',
    description: 'label each class of anomalies in turn: which one helps to find the others, and which one hurts',
    examples: [
      'matrix statlog --runs 3 --report matrix.html',
      'matrix parts.csv --label kind --normal fine --ignore id --store parts.duckdb',
    ],
    load: async () => (await import('./matrixCommand.js')).matrixCommand,
  },
  {
    name: 'sweep',
    usage: 'sweep [options] [data]',
    description:
      'how many labelled anomalies help or hurt each kind of anomaly, and how clean the normal samples must be',
    examples: [
      'sweep statlog --labelled 1,10,100 --contamination 0,5% --report sweep.html',
      'sweep parts.csv --label kind --normal fine --anomaly crack --ignore id --store parts.duckdb',
    ],
    load: async () => (await import('./sweepCommand.js')).sweepCommand,
  },
  {
    name: 'reproduce',
    usage: 'reproduce [options] <items...>',
    description: 'repeat a table or figure of the paper, or all of them, and set it beside the printed one',
    examples: ['reproduce table4 --quick', 'reproduce all --quick -o gallery'],
    load: async () => (await import('./reproduceCommand.js')).reproduceCommand,
  },
  {
    name: 'merge',
    usage: 'merge [options] <store> <parts...>',
    description: 'put the stores of shards together, for the command that then has nothing left to train',
    examples: ['merge all.duckdb part-1.duckdb part-2.duckdb', 'merge all.duckdb part-1.duckdb part-2.duckdb --json'],
    load: async () => (await import('./mergeCommand.js')).mergeCommand,
  },
  {
    name: 'worker',
    usage: 'worker [options] <url>',
    description: 'train what studies with --queue put into a queue, until it is interrupted',
    examples: ['worker redis://localhost:6379', 'worker rediss://:password@host:6379 --workers 4'],
    load: async () => (await import('./workerCommand.js')).workerCommand,
  },
  {
    name: 'report',
    usage: 'report [options] <store>',
    description: 'print a finished study of a store again and write its report',
    examples: ['report study.duckdb', 'report study.duckdb --json'],
    load: async () => (await import('./reportCommand.js')).reportCommand,
  },
  {
    name: 'data',
    usage: 'data',
    description: 'list, download, check and show the data sets',
    examples: ['data list', 'data verify fashion-mnist'],
    load: async () => (await import('./dataCommand.js')).dataCommand,
  },
  {
    name: 'models',
    usage: 'models [options]',
    description: 'list the training and scoring graphs of every detector, and export them as ONNX models',
    examples: ['models', 'models --export models'],
    load: async () => (await import('./modelsCommand.js')).modelsCommand,
  },
  {
    name: 'train',
    usage: 'train [options] <data>',
    description: 'train a detector and write it as one ONNX file that scores raw features',
    examples: [
      'train statlog --detector abc -o detector.onnx',
      'train parts.csv --detector deep-sad --label kind --normal fine --one-hot shape --impute median -o parts.onnx',
    ],
    load: async () => (await import('./trainCommand.js')).trainCommand,
  },
  {
    name: 'score',
    usage: 'score [options] <model> <data>',
    description: 'score a file with a detector that train has written; CSV of row (from 1), score and flagged',
    examples: [
      'score parts.onnx more-parts.csv -o scores.csv',
      'score parts.onnx more-parts.parquet --keep id -o scores.csv',
    ],
    load: async () => (await import('./scoreCommand.js')).scoreCommand,
  },
  {
    name: 'plan',
    usage: 'plan [options] [pilot...]',
    description:
      'how many normal and anomalous samples to label, for an interval of a given width or to detect a given ξ',
    examples: ['plan --tpr-baseline 0.6 --tpr-candidate 0.7 --precision 0.1', 'plan pilot.csv --xi 0.2 --power 0.8'],
    load: async () => (await import('./planCommand.js')).planCommand,
  },
  {
    name: 'converge',
    usage: 'converge [options] [data]',
    description: 'how the estimate of ξ and the false-positive rate converge with the number of samples, run by run',
    examples: [
      'converge --report converge.html',
      'converge parts.csv --label kind --normal fine --anomaly crack --ignore id --n 50,100,200',
    ],
    load: async () => (await import('./convergeCommand.js')).convergeCommand,
  },
]
