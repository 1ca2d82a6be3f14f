/** The bytes of files in tests: each is 31 times its place, plus 7. */
export function testBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) bytes[at] = 31 * at + 7
  return bytes
}

/** Cuts bytes into pieces. */
export function pieces(bytes: Uint8Array, pieceBytes: number): Uint8Array[] {
  const cut: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) cut.push(bytes.subarray(at, at + pieceBytes))
  return cut
}
