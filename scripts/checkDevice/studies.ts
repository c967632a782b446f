import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { at } from '../../src/check.js'
import { verifyDataset } from '../../src/data/datasets.js'
import { root } from '../run.mjs'

/** A study on the device beside the CPU. */
export interface StudyAgreement {
  readonly study: string
  /** Each class's direction: more, or less, detected with confidence, or neither. */
  readonly cpu: readonly string[]
  readonly device: readonly string[]
  readonly sameArrows: boolean
  /** Largest difference of ξ between the two. */
  readonly xiDifference: number
  readonly cpuSeconds: number
  readonly deviceSeconds: number
}

interface Answer {
  readonly classes: readonly { readonly name: string; readonly xi: number; readonly direction: string }[]
  readonly elapsedSeconds: number
}

/**
 * `scoring-bias study` as a user runs it, once on each. Throws what the command printed where it fails.
 * Errors: `NO_DATA` where the data set's files are not there, `BAD_FILE`.
 */
export async function studyAgreement(args: readonly string[], device: string): Promise<StudyAgreement> {
  await verifyDataset(at(args, 0))
  const [onCpu, onDevice] = ['cpu', device].map((each) => answerOf(args, each))
  if (onCpu === undefined || onDevice === undefined) throw new Error('two devices give two answers')
  const arrows = ({ classes }: Answer): string[] => classes.map(({ name, direction }) => `${name}: ${direction}`)
  const differences = onCpu.classes.map(({ name, xi }) => {
    const other = onDevice.classes.find((one) => one.name === name)
    return other === undefined ? Number.POSITIVE_INFINITY : Math.abs(xi - other.xi)
  })
  return {
    study: args.join(' '),
    cpu: arrows(onCpu),
    device: arrows(onDevice),
    sameArrows: arrows(onCpu).join() === arrows(onDevice).join(),
    xiDifference: Math.max(...differences),
    cpuSeconds: onCpu.elapsedSeconds,
    deviceSeconds: onDevice.elapsedSeconds,
  }
}

function answerOf(args: readonly string[], device: string): Answer {
  const command = [join(root, 'dist/cli/main.js'), 'study', ...args, '--device', device, '--no-report', '--json']
  const { stdout, stderr, status } = spawnSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`study ${args.join(' ')} --device ${device} fails: ${stderr.slice(-1000)}`)
  return JSON.parse(stdout)
}
