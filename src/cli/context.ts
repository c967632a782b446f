import type { StudyResult } from '../study/core/types.js'
import type { RunStudyOptions } from '../study/runStudy.js'
import type { ProgressStream } from './progress.js'

/** What a command needs of the process it runs in. */
export interface CliContext {
  /** Arguments after the program's name. */
  readonly args: readonly string[]
  readonly stdout: { write(text: string): unknown }
  readonly stderr: ProgressStream
  readonly signal: AbortSignal
  readonly runStudy: (options: RunStudyOptions) => Promise<StudyResult>
}
