/** Bytes of big-endian values, one after the other. */
export function joinBytes(...parts: readonly (Uint8Array | ByteField)[]): Uint8Array {
  const all = parts.map((part) => (part instanceof Uint8Array ? part : bytesOf(part)))
  const joined = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of all) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** A number and its width. */
export type ByteField =
  | readonly ['uint8' | 'uint16' | 'uint32' | 'int32', number]
  | readonly ['int64', bigint]
  | readonly ['uint32le', number]

function bytesOf(field: ByteField): Uint8Array {
  const view = new DataView(new ArrayBuffer(8))
  switch (field[0]) {
    case 'uint8':
      view.setUint8(0, field[1])
      return new Uint8Array(view.buffer, 0, 1)
    case 'uint16':
      view.setUint16(0, field[1])
      return new Uint8Array(view.buffer, 0, 2)
    case 'uint32':
      view.setUint32(0, field[1])
      return new Uint8Array(view.buffer, 0, 4)
    case 'uint32le':
      view.setUint32(0, field[1], true)
      return new Uint8Array(view.buffer, 0, 4)
    case 'int32':
      view.setInt32(0, field[1])
      return new Uint8Array(view.buffer, 0, 4)
    case 'int64':
      view.setBigInt64(0, field[1])
      return new Uint8Array(view.buffer, 0, 8)
  }
}
