import type { WriteStream } from 'node:tty'
import { printableLines } from '../printable.js'

/** Where a command writes what it says: a stream of the process, or a stand-in. */
export interface OutputStream {
  readonly isTTY?: boolean
  readonly columns?: number
  /** Whether nobody takes what is written any more. */
  readonly isLost?: boolean
  write(text: string): unknown
  /** Waits where the reader is slower than we are. */
  drained?(): Promise<void>
}

/** Takes away what a terminal's line holds. */
export const clearLine = '\r\x1b[2K'

/**
 * A stream of the process. What its reader, or a full disk, no longer takes is lost, and nothing else: the command goes on.
 * Nothing that is written acts on a terminal but {@link clearLine} at its beginning.
 */
export class ProcessOutput implements OutputStream {
  readonly #stream: NodeJS.WriteStream | WriteStream
  #failure: NodeJS.ErrnoException | undefined

  /** @param onFailure told once of what no reader's leaving explains */
  constructor(stream: NodeJS.WriteStream, onFailure: (error: Error) => void = () => {}) {
    this.#stream = stream
    stream.on('error', (error: NodeJS.ErrnoException) => {
      const isFirst = this.#failure === undefined
      this.#failure ??= error
      if (isFirst && this.isFailed) onFailure(error)
    })
  }

  /** Whether it is a terminal that takes a line away; one that is called dumb takes lines as a file does. */
  get isTTY(): boolean {
    return this.#stream.isTTY && process.env.TERM !== 'dumb'
  }

  get columns(): number {
    return this.#stream.columns
  }

  get isLost(): boolean {
    return this.#failure !== undefined
  }

  /** Whether it was lost otherwise than by a reader who has seen enough, as in `scoring-bias … | head`. */
  get isFailed(): boolean {
    return this.#failure !== undefined && this.#failure.code !== 'EPIPE'
  }

  write(text: string): void {
    if (this.isLost) return
    const start = text.startsWith(clearLine) ? clearLine : ''
    this.#stream.write(start + printableLines(text.slice(start.length)))
  }

  async drained(): Promise<void> {
    const stream = this.#stream
    if (this.isLost || !stream.writableNeedDrain) return
    await new Promise<void>((resolve) => {
      for (const event of ['drain', 'error', 'close']) stream.once(event, resolve)
    })
  }
}
