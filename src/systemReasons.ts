/** Why the system refuses a file, to be read or to be written, by the code of its error. */
export const systemReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go in a circle',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
}

/** The code of a system's error. */
export function errorCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}
