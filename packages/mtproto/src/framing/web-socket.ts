const MAX_CONTROL_BYTES = 125
/** Opcode, length, eight more bytes of length, mask. */
const MAX_HEAD_BYTES = 14
const FINAL = 0x80
const RESERVED = 0x70
const MASKED = 0x80
const OPCODE = 0x0f
const NONE = new Uint8Array(0)

const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
const CONTROL_OPCODES: readonly number[] = [OPCODES.close, OPCODES.ping, OPCODES.pong]

/** Close codes of RFC 6455, section 7.4.1. */
export const WEB_SOCKET_CLOSE = {
  normal: 1000,
  protocolError: 1002,
  unsupportedData: 1003,
  messageTooBig: 1009,
} as const

/** A piece of a WebSocket's stream. */
export type WebSocketEvent =
  /** Bytes of binary messages, as they arrive: a view into the chunk that was pushed. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** To be answered with a pong that says the same. In memory of its own. */
  | { readonly kind: 'ping'; readonly bytes: Uint8Array }
  /** The peer closes. Always the last event. */
  | { readonly kind: 'closed' }
  /** The peer broke the protocol: close with this code. Always the last event. */
  | { readonly kind: 'failed'; readonly code: number }

/** Options of a reader of WebSocket frames. */
export interface WebSocketReaderSetup {
  /** Frames of clients are masked, frames of servers are not. The other kind breaks the protocol. */
  readonly isMasked: boolean
  /** A longer message breaks the protocol. */
  readonly maxMessageBytes: number
}

/** A frame whose head has been read. */
interface BegunFrame {
  readonly opcode: number
  readonly isFinal: boolean
  readonly bytes: number
  readonly mask: Uint8Array | undefined
  /** The payload of a control frame; that of a data frame is passed on as it arrives. */
  readonly control: Uint8Array
  readBytes: number
}

/**
 * Reads the frames of a WebSocket and gives their contents as one stream of bytes, because the ends of messages mean
 * nothing to MTProto. A reader keeps one frame's head and one control frame of 125 bytes, and nothing of a message,
 * whatever the frames, fragments and chunks are cut into.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6455 section 5
 */
export class WebSocketReader {
  readonly #setup: WebSocketReaderSetup
  readonly #head = new Uint8Array(MAX_HEAD_BYTES)
  #headBytes = 0
  #frame: BegunFrame | undefined
  /** Bytes announced so far of the message that is being read; undefined between messages. */
  #messageBytes: number | undefined
  #isDone = false

  constructor(setup: WebSocketReaderSetup) {
    this.#setup = setup
  }

  /** @param chunk is overwritten: payloads are unmasked in it, and moved together */
  push(chunk: Uint8Array): WebSocketEvent[] {
    const found = new Found(chunk)
    let at = 0
    while (at < chunk.length && !this.#isDone) {
      if (this.#frame) at = this.#onPayload(this.#frame, chunk, at, found)
      else this.#onHeadByte(chunk[at++] ?? 0, found)
    }
    found.flush()
    return found.events
  }

  #onHeadByte(byte: number, found: Found): void {
    this.#head[this.#headBytes++] = byte
    if (this.#headBytes < this.#headLength()) return
    const begun = this.#begin()
    this.#headBytes = 0
    if (typeof begun === 'number') this.#end({ kind: 'failed', code: begun }, found)
    else if (begun.bytes === 0) this.#finish(begun, found)
    else this.#frame = begun
  }

  #headLength(): number {
    if (this.#headBytes < 2) return 2
    const second = this.#head[1] ?? 0
    const length = second & ~MASKED
    const extended = length === 126 ? 2 : length === 127 ? 8 : 0
    return 2 + extended + (second & MASKED ? 4 : 0)
  }

  /** The frame that the head announces, or the code to close with. */
  #begin(): BegunFrame | number {
    const first = this.#head[0] ?? 0
    const opcode = first & OPCODE
    const isFinal = (first & FINAL) !== 0
    const isMasked = ((this.#head[1] ?? 0) & MASKED) !== 0
    const bytes = this.#payloadBytes()
    if (first & RESERVED || isMasked !== this.#setup.isMasked) return WEB_SOCKET_CLOSE.protocolError
    const isControl = CONTROL_OPCODES.includes(opcode)
    const code = isControl ? checkControl(isFinal, bytes) : this.#countData(opcode, bytes)
    if (code !== undefined) return code
    const mask = isMasked ? this.#head.slice(this.#headBytes - 4, this.#headBytes) : undefined
    const control = isControl && bytes > 0 ? new Uint8Array(bytes) : NONE
    return { opcode, isFinal, bytes, mask, control, readBytes: 0 }
  }

  #payloadBytes(): number {
    const view = new DataView(this.#head.buffer)
    const length = view.getUint8(1) & ~MASKED
    if (length === 126) return view.getUint16(2)
    // Beyond 2^53 it is not exact, and much too long.
    return length === 127 ? view.getUint32(2) * 2 ** 32 + view.getUint32(6) : length
  }

  /** Counts a frame of a message. Returns the code to close with if it may not come here. */
  #countData(opcode: number, bytes: number): number | undefined {
    if (opcode === OPCODES.text) return WEB_SOCKET_CLOSE.unsupportedData
    const expected = this.#messageBytes === undefined ? OPCODES.binary : OPCODES.continuation
    if (opcode !== expected) return WEB_SOCKET_CLOSE.protocolError
    this.#messageBytes = (this.#messageBytes ?? 0) + bytes
    return this.#messageBytes > this.#setup.maxMessageBytes ? WEB_SOCKET_CLOSE.messageTooBig : undefined
  }

  /** Returns where the next frame begins, if this chunk has it. */
  #onPayload(frame: BegunFrame, chunk: Uint8Array, at: number, found: Found): number {
    const end = Math.min(chunk.length, at + frame.bytes - frame.readBytes)
    if (frame.mask) applyMask(chunk, at, end, frame.mask, frame.readBytes)
    if (frame.control.length > 0) frame.control.set(chunk.subarray(at, end), frame.readBytes)
    else found.move(at, end)
    frame.readBytes += end - at
    if (frame.readBytes === frame.bytes) this.#finish(frame, found)
    return end
  }

  #finish({ opcode, isFinal, control }: BegunFrame, found: Found): void {
    this.#frame = undefined
    if (opcode === OPCODES.close) this.#end({ kind: 'closed' }, found)
    else if (opcode === OPCODES.ping) found.add({ kind: 'ping', bytes: control })
    else if (opcode !== OPCODES.pong && isFinal) this.#messageBytes = undefined
  }

  #end(event: WebSocketEvent, found: Found): void {
    this.#isDone = true
    found.add(event)
  }
}

/** The events of one chunk. Payloads that lie near each other in it are moved together, to be one event. */
class Found {
  readonly events: WebSocketEvent[] = []
  readonly #chunk: Uint8Array
  #from = 0
  #to = 0

  constructor(chunk: Uint8Array) {
    this.#chunk = chunk
  }

  move(start: number, end: number): void {
    if (this.#from === this.#to) this.#from = this.#to = start
    else if (this.#to !== start) this.#chunk.copyWithin(this.#to, start, end)
    this.#to += end - start
  }

  add(event: WebSocketEvent): void {
    this.flush()
    this.events.push(event)
  }

  flush(): void {
    if (this.#to > this.#from) {
      this.events.push({ kind: 'bytes', bytes: this.#chunk.subarray(this.#from, this.#to) })
    }
    this.#from = this.#to
  }
}

function checkControl(isFinal: boolean, bytes: number): number | undefined {
  return isFinal && bytes <= MAX_CONTROL_BYTES ? undefined : WEB_SOCKET_CLOSE.protocolError
}

/** Masks or unmasks, which is the same. @param phase bytes of the frame's payload before `start` */
function applyMask(chunk: Uint8Array, start: number, end: number, mask: Uint8Array, phase: number): void {
  for (let at = start; at < end; at++) {
    chunk[at] = (chunk[at] ?? 0) ^ (mask[(at - start + phase) & 3] ?? 0)
  }
}

/** Frames that we send: a whole binary message, or a control frame. */
export type WebSocketFrameKind = 'binary' | 'ping' | 'pong' | 'close'

/** Head of a server's frame, without a mask. */
export function encodeWebSocketHead(kind: WebSocketFrameKind, payloadBytes: number): Uint8Array {
  return encodeHead(kind, payloadBytes, 0)
}

/**
 * A whole frame of a client, masked.
 *
 * @param mask 4 random bytes, new for each frame
 */
export function encodeMaskedWebSocketFrame(
  kind: WebSocketFrameKind,
  payload: Uint8Array,
  mask: Uint8Array,
): Uint8Array {
  const head = encodeHead(kind, payload.length, MASKED)
  const start = head.length + mask.length
  const frame = new Uint8Array(start + payload.length)
  frame.set(head)
  frame.set(mask, head.length)
  frame.set(payload, start)
  applyMask(frame, start, frame.length, mask, 0)
  return frame
}

function encodeHead(kind: WebSocketFrameKind, payloadBytes: number, masked: number): Uint8Array {
  const extendedBytes = payloadBytes < 126 ? 0 : payloadBytes < 65_536 ? 2 : 8
  const head = new Uint8Array(2 + extendedBytes)
  const view = new DataView(head.buffer)
  view.setUint8(0, FINAL | OPCODES[kind])
  view.setUint8(1, masked | (extendedBytes === 0 ? payloadBytes : extendedBytes === 2 ? 126 : 127))
  if (extendedBytes === 2) view.setUint16(2, payloadBytes)
  if (extendedBytes === 8) view.setUint32(6, payloadBytes)
  return head
}
