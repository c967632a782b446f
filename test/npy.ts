/**
 * An array as NumPy writes it, format version 1.0: magic, length of the header, header padded to 64 bytes, data. A type that begins with a bracket
 * is one of records.
 */
export function npy(data: ArrayBufferView, descr: string, shape: readonly number[]): Uint8Array {
  const type = descr.startsWith('[') ? descr : `'${descr}'`
  const header = `{'descr': ${type}, 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
  const padded = `${header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11)}\n`
  const head = Buffer.alloc(10)
  head.write('\x93NUMPY\x01', 'latin1')
  head.writeUInt16LE(padded.length, 8)
  const body = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return new Uint8Array(Buffer.concat([head, Buffer.from(padded, 'latin1'), body]))
}

/** Texts as NumPy's `<U…` has them: as many code points each as the longest. */
export function npyTexts(texts: readonly string[]): Uint8Array {
  const points = texts.map((text) => Array.from(text, (letter) => letter.codePointAt(0) ?? 0))
  const widest = Math.max(1, ...points.map((own) => own.length))
  const codes = Uint32Array.from(points.flatMap((own) => [...own, ...new Array<number>(widest - own.length).fill(0)]))
  return npy(codes, `<U${widest}`, [texts.length])
}
