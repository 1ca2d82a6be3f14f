import { refusal } from '../../refusal.ts'

/** Values of CBOR as authenticators write them: the part that CTAP2 allows, and no more. */
export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | CborMap

/** A map of CBOR; authenticators use texts and small integers as keys. */
export interface CborMap extends ReadonlyMap<Cbor, Cbor> {}

/** CTAP2 nests four deep. */
const MAX_DEPTH = 4
const [UINT, NEGATIVE, BYTES, TEXT, ARRAY, MAP, SIMPLE] = [0, 1, 2, 3, 4, 5, 7]
const SIMPLES: ReadonlyMap<number, boolean | null> = new Map([
  [20, false],
  [21, true],
  [22, null],
])

/**
 * Reads the value at the start of these bytes. Lengths are definite and within the bytes, nesting is bounded.
 *
 * @returns the value and the offset behind it; bytes are views
 * @throws {RpcError} CREDENTIAL_INVALID
 */
export function readCbor(bytes: Uint8Array): { readonly value: Cbor; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0

  function take(length: number): number {
    const start = at
    if (length > bytes.length - at) throw refusal('CREDENTIAL_INVALID')
    at += length
    return start
  }

  function readArgument(info: number): number {
    if (info < 24) return info
    if (info === 24) return view.getUint8(take(1))
    if (info === 25) return view.getUint16(take(2))
    if (info === 26) return view.getUint32(take(4))
    // Neither lengths nor numbers of 64 bits occur, and indefinite lengths may not.
    throw refusal('CREDENTIAL_INVALID')
  }

  function read(depth: number): Cbor {
    if (depth > MAX_DEPTH) throw refusal('CREDENTIAL_INVALID')
    const head = view.getUint8(take(1))
    const argument = readArgument(head & 31)
    switch (head >> 5) {
      case UINT:
        return argument
      case NEGATIVE:
        return -1 - argument
      case BYTES: {
        const start = take(argument)
        return bytes.subarray(start, at)
      }
      case TEXT: {
        const start = take(argument)
        return Buffer.from(bytes.subarray(start, at)).toString()
      }
      case ARRAY:
        return readItems(argument, depth)
      case MAP: {
        const items = readItems(argument * 2, depth)
        return new Map(
          items.flatMap((key, index) => (index % 2 === 0 ? [[key, items[index + 1] ?? null]] : [])),
        )
      }
      case SIMPLE: {
        const simple = SIMPLES.get(argument)
        if (simple !== undefined) return simple
        break
      }
    }
    throw refusal('CREDENTIAL_INVALID')
  }

  function readItems(count: number, depth: number): Cbor[] {
    // Each takes a byte at least: a count beyond that is a lie, and is not made room for.
    if (count > bytes.length - at) throw refusal('CREDENTIAL_INVALID')
    return Array.from({ length: count }, () => read(depth + 1))
  }

  return { value: read(1), end: at }
}
