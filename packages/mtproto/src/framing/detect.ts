import { readInt, type StreamKind } from './frame.ts'

/** Protocols that a connection's first bytes can show. `http` includes a WebSocket's upgrade. */
export type DetectedKind = StreamKind | 'http' | 'obfuscated'

/** A transport is known after this many bytes at the latest. */
const MAX_DETECT_BYTES = 8

/** Abridged and (padded) intermediate begin with a tag of their own, full with its first frame. */
export const TRANSPORT_TAGS: Readonly<Record<StreamKind, Uint8Array>> = {
  abridged: Uint8Array.of(0xef),
  intermediate: Uint8Array.of(0xee, 0xee, 0xee, 0xee),
  padded: Uint8Array.of(0xdd, 0xdd, 0xdd, 0xdd),
  full: new Uint8Array(0),
}

const FIRST_INTS = new Map<number, DetectedKind>([
  [0xeeeeeeee | 0, 'intermediate'],
  [0xdddddddd | 0, 'padded'],
  [intOf('GET '), 'http'],
  [intOf('POST'), 'http'],
  [intOf('HEAD'), 'http'],
  [intOf('OPTI'), 'http'],
])

/**
 * Which transport a connection speaks, from its first bytes; undefined while there are too few (eight always do).
 *
 * @example
 * ```ts
 * detectTransport(Uint8Array.of(0xef)) // 'abridged'
 * ```
 */
export function detectTransport(first: Uint8Array): DetectedKind | undefined {
  if (first[0] === 0xef) return 'abridged'
  if (first.length < 4) return undefined
  const byTag = FIRST_INTS.get(readInt(first, 0))
  if (byTag !== undefined) return byTag
  if (first.length < MAX_DETECT_BYTES) return undefined
  // A full transport's first frame has seq 0; obfuscated2 draws its header again where these bytes are zero.
  return readInt(first, 4) === 0 ? 'full' : 'obfuscated'
}

function intOf(text: string): number {
  return readInt(
    Uint8Array.from(text, (char) => char.charCodeAt(0)),
    0,
  )
}
