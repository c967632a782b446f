import type { Session } from './session.js'

/**
 * Sessions that nobody uses, for who asks for the same again: a session of a small graph takes as long to open as to train for some epochs.
 * All of them together work with a bounded number of bytes.
 */
export class KeptSessions<S extends Pick<Session, 'release'> = Session> {
  readonly #mostBytes: number
  /** Those of longest ago first. */
  readonly #kept = new Map<string, { readonly session: S; readonly bytes: number }>()

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** The session that is kept for a key. Who takes it has it alone. */
  take(key: string): S | undefined {
    const found = this.#kept.get(key)?.session
    this.#kept.delete(key)
    return found
  }

  /** Keeps a session, and frees others, those of longest ago first, or the session itself, where all would work with too much. */
  async putBack(key: string, session: S, bytes: number): Promise<void> {
    const freed = [this.take(key)]
    this.#kept.set(key, { session, bytes })
    let total = [...this.#kept.values()].reduce((sum, one) => sum + one.bytes, 0)
    for (const [oldest, one] of this.#kept) {
      if (total <= this.#mostBytes) break
      total -= one.bytes
      freed.push(this.take(oldest))
    }
    for (const one of freed) await one?.release()
  }
}
