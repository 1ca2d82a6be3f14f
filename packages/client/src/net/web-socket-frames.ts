/** Kinds of frames (RFC 6455, section 5.2). */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A part of a message, as it arrives; or a control frame, whole. */
export type Part =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'ping' | 'pong' | 'close'; readonly payload: Uint8Array }

const MAX_CONTROL_BYTES = 125

/**
 * Reads the frames of a WebSocket server. Messages pass through as their bytes arrive and are not collected, so that no
 * length has to be believed: MTProto reads them as one stream.
 */
export class FrameReader {
  #header: number[] = []
  #opcode = 0
  #remaining = 0
  #control: number[] = [];

  /** @throws Error for what no server may send */
  *read(chunk: Uint8Array): Generator<Part> {
    let at = 0
    while (at < chunk.length) {
      if (this.#remaining === 0) {
        this.#header.push(chunk[at] ?? 0)
        at += 1
        if (!this.#takeHeader()) continue
      }
      const payload = chunk.subarray(at, at + this.#remaining)
      at += payload.length
      this.#remaining -= payload.length
      const part = this.#partOf(payload)
      if (part) yield part
    }
  }

  /** Whether the header is complete; its payload follows. */
  #takeHeader(): boolean {
    const [first = 0, second] = this.#header
    if (second === undefined) return false
    const short = second & 0x7f
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0
    if (this.#header.length < 2 + extra) return false
    const length = this.#header.slice(2).reduce((sum, byte) => sum * 256 + byte, 0)
    this.#header = []
    this.#opcode = first & 0x0f
    this.#remaining = extra === 0 ? short : length
    check((first & 0x70) === 0, 'an extension that was not agreed on')
    check((second & 0x80) === 0, 'a masked frame')
    check(Number.isSafeInteger(this.#remaining), 'a length beyond all bounds')
    check(this.#isKnown(), `a frame of kind ${this.#opcode}`)
    if (this.#isControl()) {
      check((first & 0x80) !== 0 && this.#remaining <= MAX_CONTROL_BYTES, 'a control frame in parts')
    }
    return true
  }

  #partOf(payload: Uint8Array): Part | undefined {
    if (!this.#isControl()) return payload.length > 0 ? { kind: 'bytes', bytes: payload } : undefined
    this.#control.push(...payload)
    if (this.#remaining > 0) return undefined
    const whole = Uint8Array.from(this.#control)
    this.#control = []
    const kind = { [OPCODES.close]: 'close', [OPCODES.ping]: 'ping', [OPCODES.pong]: 'pong' } as const
    const found = kind[this.#opcode as keyof typeof kind]
    return { kind: found, payload: whole }
  }

  #isControl(): boolean {
    return this.#opcode >= OPCODES.close
  }

  #isKnown(): boolean {
    const { continuation, binary, close, ping, pong } = OPCODES
    return [continuation, binary, close, ping, pong].some((opcode) => opcode === this.#opcode)
  }
}

/**
 * A whole frame of a client's.
 *
 * @param mask 4 random bytes, new for each frame
 */
export function encodeFrame(opcode: number, payload: Uint8Array, mask: Uint8Array): Uint8Array {
  const { length } = payload
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const frame = new Uint8Array(2 + extra + 4 + length)
  const view = new DataView(frame.buffer)
  frame[0] = 0x80 | opcode
  frame[1] = 0x80 | (extra === 0 ? length : extra === 2 ? 126 : 127)
  if (extra === 2) view.setUint16(2, length)
  if (extra === 8) view.setBigUint64(2, BigInt(length))
  frame.set(mask, 2 + extra)
  const at = 2 + extra + 4
  for (let i = 0; i < length; i += 1) frame[at + i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0)
  return frame
}

function check(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`the server sent ${what} over the WebSocket`)
}
