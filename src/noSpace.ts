/** A full disk, a quota that is used up, and a file beyond the size that its system or shell allows. */
const codes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** Whether an error is that of a disk without space: by its code or, where another library hands it on, by its words. */
export function isNoSpace(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  return 'code' in cause && codes.includes(cause.code)
    ? true
    : /No space left|Disk quota exceeded|File too large/i.test(cause.message)
}
