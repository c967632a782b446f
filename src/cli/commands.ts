import type { Command } from 'commander'
import type { CliContext } from './output.js'

/** What the program's help says of a command, and where the command is: its modules load when it is called. */
interface CommandEntry {
  readonly name: string
  /** How it is called. */
  readonly usage: string
  readonly description: string
  readonly load: () => Promise<(context: CliContext) => Command>
}

/** In the order of the program's help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'compare',
    usage: 'compare [options] <scores...>',
    description:
      'how much more (or less) a detector finds than another at a fixed false-positive rate, by kind of anomaly',
    load: async () => (await import('./compareCommand.js')).compareCommand,
  },
  {
    name: 'study',
    usage: 'study [options] <data>',
    description: 'train two detectors over several runs and estimate how much more (or less) the candidate detects',
    load: async () => (await import('./studyCommand.js')).studyCommand,
  },
  {
    name: 'matrix',
    usage: 'matrix [options] [data]',
    description: 'label each class of anomalies in turn: which one helps to find the others, and which one hurts',
    load: async () => (await import('./matrixCommand.js')).matrixCommand,
  },
  {
    name: 'reproduce',
    usage: 'reproduce [options] <items...>',
    description: 'repeat a table or figure of the paper, or all of them, and set it beside the printed one',
    load: async () => (await import('./reproduceCommand.js')).reproduceCommand,
  },
  {
    name: 'report',
    usage: 'report [options] <store>',
    description: 'print a finished study of a store again and write its report',
    load: async () => (await import('./reportCommand.js')).reportCommand,
  },
  {
    name: 'data',
    usage: 'data',
    description: 'list, download, check and show the data sets',
    load: async () => (await import('./dataCommand.js')).dataCommand,
  },
  {
    name: 'models',
    usage: 'models [options]',
    description: 'list the training and scoring graphs of every detector, and export them as ONNX models',
    load: async () => (await import('./modelsCommand.js')).modelsCommand,
  },
  {
    name: 'train',
    usage: 'train [options] <data>',
    description: 'train a detector and write it as one ONNX file that scores raw features',
    load: async () => (await import('./trainCommand.js')).trainCommand,
  },
  {
    name: 'score',
    usage: 'score [options] <model> <data>',
    description: 'score a file with a detector that train has written; CSV of row (from 1), score and flagged',
    load: async () => (await import('./scoreCommand.js')).scoreCommand,
  },
  {
    name: 'plan',
    usage: 'plan [options] [pilot...]',
    description:
      'how many normal and anomalous samples to label, for an interval of a given width or to detect a given ξ',
    load: async () => (await import('./planCommand.js')).planCommand,
  },
  {
    name: 'converge',
    usage: 'converge [options] [data]',
    description: 'how the estimate of ξ and the false-positive rate converge with the number of samples, run by run',
    load: async () => (await import('./convergeCommand.js')).convergeCommand,
  },
]
