/** A name in double quotes, in which a doubled quote is one, or what comes before the next comma. */
const part = /\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(,|$)/y

/** Names with commas between them. A name that has commas itself is in double quotes, and its quotes are doubled, as in CSV. */
export function splitNames(text: string): string[] {
  const names: string[] = []
  part.lastIndex = 0
  for (let isLast = false; !isLast; ) {
    // Without quotes that end before a comma or the end it matches whatever there is, so it always does.
    const [, inQuotes, plain = '', end] = part.exec(text) ?? []
    names.push(inQuotes?.replaceAll('""', '"') ?? plain.trim())
    isLast = end !== ','
  }
  return names
}

/** Undoes {@link splitNames}, as an argument that a POSIX shell is to be given. */
export function namesArgument(names: readonly string[]): string {
  const isPlain = (name: string) => name.trim() === name && !/^"|,/.test(name)
  const written = names.map((name) => (isPlain(name) ? name : `"${name.replaceAll('"', '""')}"`))
  return shellWord(written.join())
}

/** An argument as a POSIX shell would have to be given it. */
export function shellWord(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}
