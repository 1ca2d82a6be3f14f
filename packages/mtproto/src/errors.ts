import { MtprotoError } from '@cablegram/tl'

export { DecodeError, MtprotoError, UsageError } from '@cablegram/tl'

/** The peer broke MTProto; the connection it did so on is not to be used further. */
export class ProtocolError extends MtprotoError {
  override readonly name: string = 'ProtocolError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A check of MTProto's security guidelines failed: the peer is hostile, or not who it should be. */
export class SecurityError extends ProtocolError {
  override readonly name: string = 'SecurityError'
}

/** The peer sent a transport error: a frame of four bytes, such as -404 or -429. */
export class TransportError extends MtprotoError {
  override readonly name: string = 'TransportError'
  readonly code = 'TRANSPORT_ERROR'
  /** The number on the wire, negative. */
  readonly transportCode: number

  constructor(transportCode: number) {
    super(`transport error ${transportCode}`)
    this.transportCode = transportCode
  }
}

/** The network or a deadline; the same thing is worth trying again. */
export class ConnectionError extends MtprotoError {
  override readonly name: string = 'ConnectionError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * The server said no. `code` is its number (420), `type` the error's name without the number in it
 * (`FLOOD_WAIT`), `argument` that number (30), `message` the text as it was on the wire (`FLOOD_WAIT_30`),
 * `method` the TL name of what was asked.
 */
export class RpcError extends MtprotoError {
  override readonly name: string = 'RpcError'
  readonly code: number
  readonly type: string
  readonly argument: number | undefined
  readonly method: string | undefined

  constructor(code: number, text: string, method?: string) {
    super(text)
    const { type, argument } = splitErrorText(text)
    this.code = code
    this.type = type
    this.argument = argument
    this.method = method
  }

  /** `RpcError: auth.sendCode: PHONE_NUMBER_INVALID (400)`. */
  override toString(): string {
    const method = this.method === undefined ? '' : `${this.method}: `
    return `${this.name}: ${method}${this.message} (${this.code})`
  }
}

/** `FLOOD_WAIT_30` is FLOOD_WAIT and 30; a number inside a name stays as X: `FILE_PART_X_MISSING` and 4. */
function splitErrorText(text: string): { type: string; argument: number | undefined } {
  const found = /_(\d+)(_[A-Z0-9_]+)?$/.exec(text)
  if (!found) return { type: text, argument: undefined }
  const rest = found[2] === undefined ? '' : `_X${found[2]}`
  return { type: text.slice(0, found.index) + rest, argument: Number(found[1]) }
}
