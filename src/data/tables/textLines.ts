import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'

/** A file of text, plain or packed with gzip. */
export interface TextFile {
  readonly path: string
  readonly packed: boolean
}

/** Text of a file in chunks. */
async function* textOf({ path, packed }: TextFile): AsyncGenerator<string> {
  const file = createReadStream(path)
  const bytes = packed ? file.pipe(createGunzip()) : file
  const decoder = new TextDecoder()
  // Pipes do not hand errors on.
  if (bytes !== file) file.on('error', (error) => bytes.destroy(error))
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
}

/** A record of a delimited file: the line it starts on, from 1, and its text without the line break. */
interface TextRecord {
  readonly line: number
  readonly text: string
}

/** Records of a file, where line breaks within double quotes are part of the record, blank lines left out. */
export async function* records(file: TextFile): AsyncGenerator<TextRecord> {
  let line = 1
  let start = 1
  let quoted = false
  let text = ''
  for await (const chunk of textOf(file)) {
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at)
      if (code === 0x22) quoted = !quoted
      if (code !== 0x0a) continue
      line++
      if (quoted) continue
      const whole = (text + chunk.slice(from, at)).replace(/\r$/, '')
      if (whole !== '') yield { line: start, text: whole }
      text = ''
      from = at + 1
      start = line
    }
    text += chunk.slice(from)
  }
  if (text !== '') yield { line: start, text: text.replace(/\r$/, '') }
}

/** The line of the record at a place, from 0; undefined past the end. Reads the file up to there. */
export async function lineOfRecord(file: TextFile, place: number): Promise<number | undefined> {
  let i = 0
  for await (const { line } of records(file)) if (i++ === place) return line
  return undefined
}

/** The first record that is not blank, or undefined in an empty file. */
export async function firstRecord(file: TextFile): Promise<string | undefined> {
  for await (const { text } of records(file)) return text.replace(/^\ufeff/, '')
  return undefined
}

/** The fields of a record; a doubled quote within quotes is a quote. */
export function fieldsOf(record: string, delimiter: string): string[] {
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < record.length; i++) {
    const char = record.charAt(i)
    if (char === '"' && quoted && record[i + 1] === '"') {
      field += '"'
      i++
    } else if (char === '"') quoted = !quoted
    else if (char === delimiter && !quoted) {
      fields.push(field)
      field = ''
    } else field += char
  }
  return [...fields, field].map((one) => one.trim())
}
