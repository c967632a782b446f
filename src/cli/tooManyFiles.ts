/** What to tell where the system opens no more files, for this process or for all. */
export const tooManyFiles = 'too many files are open. Raise the limit, as with `ulimit -n 1024`, and try again'

/** Whether an error is the system's refusal to open one more file. */
export function isTooManyFiles(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE')
}
