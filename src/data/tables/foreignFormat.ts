const asCsv = 'Save it as CSV in UTF-8'
const asParquet = "Save it with df.to_parquet('file.parquet')"
const pickle = ['a Python pickle, which is not read because it may run code', asParquet] as const
const unpack = 'Unpack it first, or pack it with gzip'

/** How files begin that people take for tables (bytes as Latin-1), what they are and the way out. */
const known: readonly (readonly [begins: string | RegExp, what: string, wayOut: string])[] = [
  [/^PK.*(\[Content_Types\]|xl\/)/s, 'an Excel workbook', asCsv],
  [/^PK.*mimetypeapplication\/vnd\.oasis/s, 'an OpenDocument file', asCsv],
  [/^PK.*\/data\.pkl/s, 'a file of PyTorch', "Save its tensors with numpy.savez('file.npz', …)"],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook', asCsv],
  ...['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'].map((begins) => [begins, ...pickle] as const),
  ['\x89HDF', 'an HDF5 file', asParquet],
  ['ARROW1', 'an Arrow or Feather file', asParquet],
  ['FEA1', 'a Feather file', asParquet],
  ['SQLite format 3', 'an SQLite database', 'Write its table as CSV'],
  [/^.{8}DUCK/s, 'a DuckDB database', "Write its table with COPY … TO 'file.parquet'"],
  ['MATLAB 5', 'a MATLAB file', "Write its table with writetable(T, 'file.csv')"],
  ['%PDF', 'a PDF', 'Get the table as CSV'],
  [/^\s*<(!doctype|html|\?xml)/i, 'a web page or XML', 'Get the table itself, as CSV'],
  [/^\s*@relation/i, 'an ARFF file', 'Take its header out and name the columns in the first line'],
  ['\x28\xb5\x2f\xfd', 'packed with zstd', unpack],
  [/^BZh\d1AY/, 'packed with bzip2', unpack],
  ['\xfd7zXZ', 'packed with xz', unpack],
  ['\x1f\x8b', 'packed with gzip twice', 'Unpack it once'],
  ['{"scoring-bias summary":', 'a summary of scores', 'Name its file to compare, which takes summaries'],
]

/** What a file is that is known by its first bytes and not read, and the way out; undefined for all others. */
export function foreignFormat(start: Uint8Array): string | undefined {
  const text = Buffer.from(start).toString('latin1')
  const found = known.find(([begins]) => (typeof begins === 'string' ? text.startsWith(begins) : begins.test(text)))
  if (found !== undefined) return `${found[1]}. ${found[2]}`
  return hasNulPairs(start) ? 'UTF-16 without its mark, or no text. Save it as UTF-8' : undefined
}

/** Whether every other byte is 0: text in UTF-16. */
function hasNulPairs(start: Uint8Array): boolean {
  const pairs = Math.min(16, Math.floor(start.length / 2))
  const isNul = (odd: number) => Array.from({ length: pairs }, (_, i) => start[2 * i + odd] === 0)
  return pairs > 1 && isNul(0).every(Boolean) !== isNul(1).every(Boolean)
}
