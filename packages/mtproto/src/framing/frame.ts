import type { ProtocolError } from '../errors.ts'

/** A piece of the stream. Views are valid until they are released, or the next push. */
export type Frame =
  /** `wantsQuickAck`: the client set the high bit of the length and waits for {@link Framing.encodeQuickAck}. */
  | { readonly kind: 'payload'; readonly payload: Uint8Array; readonly wantsQuickAck: boolean }
  /** To a client: the server has accepted the packet with this token, an unsigned 32-bit number. */
  | { readonly kind: 'quickAck'; readonly token: number }
  /** A payload of four bytes holding a negative number, such as -404. */
  | { readonly kind: 'transportError'; readonly code: number }
  /** The stream is broken; always the last frame, and what is pushed later gives none. */
  | { readonly kind: 'failed'; readonly error: ProtocolError }

/** Cuts a stream into frames. However the stream is cut into chunks, the frames are the same. */
export interface FrameDecoder {
  push(chunk: Uint8Array): Frame[]
}

/** The transports whose tag fits into an obfuscated2 header. */
export type TaggedKind = 'abridged' | 'intermediate' | 'padded'

/** The transports over a stream of bytes. */
export type StreamKind = TaggedKind | 'full'

/** A transport; `bare` is that of HTTP, where a body is a payload. */
export type TransportKind = StreamKind | 'bare'

/** Both directions of one connection. */
export interface Framing extends FrameDecoder {
  /** Memory for a frame that is not whole yet. */
  readonly heldBytes: number
  /** Frees that memory at once. The connection is over. */
  drop(): void
  /** Frees the memory that frames of the last push are views of. */
  release(): void
  /** Undefined on a server until the client has shown which it speaks. */
  readonly kind: TransportKind | undefined
  /** On a server: the data centre that a client of an MTProxy wants to go to. */
  readonly namedDc?: number | undefined
  /**
   * A client's first frame has the transport's tag, or its obfuscated2 header, in front. Frames are to be sent in the
   * order they were encoded in, none left out. The caller owns the bytes.
   *
   * @param wantsQuickAck from a client: ask for a quick acknowledgement, where the transport has them
   */
  encodeFrame(payload: Uint8Array, wantsQuickAck?: boolean): Uint8Array
  /** Empty where the transport has no quick acknowledgements (full, bare). */
  encodeQuickAck(token: number): Uint8Array
}

/** One transport's way to delimit. */
export interface FrameCodec {
  /**
   * Length in bytes of the frame at the start of `bytes`; undefined while too few bytes are here.
   *
   * @throws ProtocolError
   */
  measure(bytes: Uint8Array): number | undefined
  /**
   * The frame in exactly the bytes that `measure` said.
   *
   * @throws ProtocolError
   */
  decode(bytes: Uint8Array): Frame
  encode(payload: Uint8Array, wantsQuickAck: boolean): Uint8Array
  encodeQuickAck(token: number): Uint8Array
}

/** The meaning of the high bit of a received length: clients ask with it, servers answer with it. */
export type HighBit = 'quickAckWanted' | 'quickAck'

/** A payload of four bytes that are a negative number is the server's way to say no. */
export function toFrame(payload: Uint8Array, wantsQuickAck: boolean): Frame {
  if (payload.length === 4) {
    const code = readInt(payload, 0)
    if (code < 0) return { kind: 'transportError', code }
  }
  return { kind: 'payload', payload, wantsQuickAck }
}

/** The payload of a transport error: `code` as four bytes. */
export function encodeTransportError(code: number): Uint8Array {
  const payload = new Uint8Array(4)
  writeInt(payload, 0, code)
  return payload
}

/** A signed little-endian int; zeros past the end. */
export function readInt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  )
}

/** Writes a little-endian int. */
export function writeInt(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >> 8
  bytes[at + 2] = value >> 16
  bytes[at + 3] = value >> 24
}
