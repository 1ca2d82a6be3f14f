/** A box of MP4 with these inside. */
export function box(type: string, ...inner: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(inner)
  const head = Buffer.from(`\0\0\0\0${type}`, 'latin1')
  head.writeUInt32BE(8 + body.length)
  return Buffer.concat([head, body])
}

/** A track with these sides. */
export function track(width: number, height: number, version: number = 0): Buffer {
  const sidesAt = version === 1 ? 88 : 76
  const header = Buffer.alloc(sidesAt + 8)
  header[0] = version
  header.writeUInt16BE(width, sidesAt)
  header.writeUInt16BE(height, sidesAt + 4)
  return box('trak', box('tkhd', header))
}

/** The beginning of a film with these sides. */
export function film(width: number, height: number): Buffer {
  return Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0')), box('moov', track(width, height))])
}

/** A film with tracks of these kinds, such as `vide` and `soun`. */
export function filmOf(...kinds: readonly string[]): Buffer {
  const tracks = kinds.map((kind) =>
    box('trak', box('mdia', box('hdlr', Buffer.alloc(8), Buffer.from(kind), Buffer.alloc(13)))),
  )
  return Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0')), box('moov', ...tracks)])
}
