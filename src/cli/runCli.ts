import { Command, CommanderError, Help } from 'commander'
import { type ErrorCode, ScoringBiasError } from '../errors.js'
import { version } from '../version.js'
import { filesWritten } from '../writeFile.js'
import { commands } from './commands.js'
import { type GivenValues, noteValues } from './givenValues.js'
import type { CliContext, CommandContext } from './output.js'
import { isTooManyFiles, tooManyFiles } from './tooManyFiles.js'
import { withFlags } from './withFlags.js'

/** Signals that stop a command, and what it then ends with, as shells report them: 128 + their number. */
const interruptions = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

export const stopSignals = Object.keys(interruptions) as (keyof typeof interruptions)[]

export const exitCodes = { success: 0, failure: 1, badInput: 2 } as const

/** Failures that another command line would not have met; every other code is the input's fault. */
const failures: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NO_DATA',
  'NOT_INSTALLED',
  'NO_SPACE',
  'DIVERGED',
  'INCOMPLETE',
  'OTHER_MACHINE',
  'NO_QUEUE',
  'WORKER_FAILED',
  'OUT_OF_MEMORY',
  'DETACHED',
])

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

/** The program, with those commands whole that the arguments name; of the others, the name and what help says. */
async function programFor(context: CommandContext): Promise<Command> {
  const usages = new Map(commands.map(({ name, usage }) => [name, usage]))
  const program = new Command('scoring-bias')
    .description('How much more (or less) does one anomaly detector find than another, and how sure can we be?')
    .version(version)
    .configureHelp({
      subcommandTerm: (command) => usages.get(command.name()) ?? Help.prototype.subcommandTerm(command),
    })
  for (const { name, description, examples, load } of commands) {
    const isNamed = context.args.includes(name)
    const command = isNamed ? (await load())(context) : new Command(name).description(description)
    const calls = examples.map((args) => `  $ scoring-bias ${args}`)
    program.addCommand(command.addHelpText('after', `\nExamples:\n${calls.join('\n')}`))
  }
  return program
}

/** Runs one command line and returns its exit code; whatever goes wrong is one message on stderr. */
export async function runCli(context: CliContext): Promise<number> {
  const output = {
    writeOut: (text: string) => context.stdout.write(text),
    writeErr: (text: string) => context.stderr.write(text),
  }
  const before = filesWritten().length
  let code: number = exitCodes.success
  const end = (ended: number) => {
    code = ended
  }
  let program: Command | undefined
  const given: GivenValues = new Map()
  try {
    program = await programFor({ ...context, end })
    for (const command of everyCommand(program)) {
      command.exitOverride().configureOutput(output).showHelpAfterError('(--help shows what there is)')
      noteValues(command, given)
    }
    await program.parseAsync(withoutVainHelp(program, context.args), { from: 'user' })
    return code
  } catch (error) {
    // Commander has printed its message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.badInput
    if (error instanceof ScoringBiasError && error.code === 'ABORTED') {
      const what = filesWritten().length === before ? 'nothing was written' : 'the files that were written are whole'
      // A command that keeps something says so in an error of its own, with the interruption as its cause.
      const kept = error.cause instanceof ScoringBiasError ? error.message : what
      context.stderr.write(`Interrupted; ${kept}.\n`)
      const reason = stopSignals.find((one) => one === context.signal.reason) ?? 'SIGINT'
      return interruptions[reason]
    }
    if (error instanceof ScoringBiasError) {
      const command = program && commandOf(program, context.args)
      context.stderr.write(`error: ${withFlags(error.message, command, given)}\n`)
      return failures.has(error.code) ? exitCodes.failure : exitCodes.badInput
    }
    if (isTooManyFiles(error)) {
      context.stderr.write(`error: ${tooManyFiles}\n`)
      return exitCodes.failure
    }
    // Not one of ours: a fault in the program, which only its stack can tell of.
    context.stderr.write(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return exitCodes.failure
  }
}

/** The command that arguments begin with: `show` of `data show`. */
function commandOf(parent: Command, [name, ...rest]: readonly string[]): Command {
  const command = parent.commands.find((one) => one.name() === name)
  return command === undefined ? parent : commandOf(command, rest)
}

/** Arguments in which `help` of a command that there is not is that command alone: Commander says that it is unknown, and of `help` nothing. */
function withoutVainHelp(parent: Command, args: readonly string[]): string[] {
  const [name, ...rest] = args
  if (name === undefined || parent.commands.length === 0) return [...args]
  const [asked = '-'] = rest
  const isVain = name === 'help' && !/^(-|help$)/.test(asked) && !parent.commands.some((one) => one.name() === asked)
  if (isVain) return rest
  const command = parent.commands.find((one) => one.name() === name)
  return command === undefined ? [...args] : [name, ...withoutVainHelp(command, rest)]
}
