let last: Promise<unknown> = Promise.resolve()

/** Waits until all turns taken before have ended, in this process; what it gives ends this one. */
export function takeTurn(): Promise<() => void> {
  const before = last
  return new Promise((taken) => {
    last = new Promise<void>((end) => before.then(() => taken(end)))
  })
}
