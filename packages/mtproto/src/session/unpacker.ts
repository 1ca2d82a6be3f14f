import { isPacked, unpackBody } from '../envelope/index.ts'
import { ProtocolError, TransportError } from '../errors.ts'
import type { ServerLimits } from '../options.ts'

const MAX_UNPACK_DEPTH = 4

/** Takes gzip off the messages of one packet, and counts what comes out. */
export class Unpacker {
  readonly #limits: ServerLimits
  #bytes = 0

  constructor(limits: ServerLimits) {
    this.#limits = limits
  }

  /**
   * The body without its gzip. One that cannot be unpacked stays packed: it is then a request, to be refused with
   * an answer. Closing the connection instead would have the client send it again, for ever.
   *
   * @throws TransportError -429 where all of the packet is too much
   */
  unpack(packed: Uint8Array): Uint8Array {
    let body = packed
    try {
      for (let depth = 0; depth < MAX_UNPACK_DEPTH && isPacked(body); depth++) body = this.#unpackOnce(body)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
    }
    return body
  }

  /**
   * Counts what comes out: a packet full of gzip would else unpack to gigabytes. Until that is known, and where it
   * never is, it counts as the most there may be.
   */
  #unpackOnce(body: Uint8Array): Uint8Array {
    const { maxUnpackedBytes, maxPacketUnpackedBytes } = this.#limits
    this.#bytes += maxUnpackedBytes
    if (this.#bytes > maxPacketUnpackedBytes) throw new TransportError(-429)
    const unpacked = unpackBody(body, maxUnpackedBytes)
    this.#bytes -= maxUnpackedBytes - unpacked.length
    return unpacked
  }
}
