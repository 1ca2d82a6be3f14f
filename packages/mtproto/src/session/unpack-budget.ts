import { unpackBody } from '../envelope/index.ts'
import { ProtocolError } from '../errors.ts'
import type { ClientLimits } from '../options.ts'

/** Takes gzip off what a client receives, within a budget for each step: gzip makes a thousand bytes of one. */
export class UnpackBudget {
  readonly #limits: Pick<ClientLimits, 'maxUnpackedBytes' | 'maxStepUnpackedBytes'>
  #bytes = 0

  constructor(limits: Pick<ClientLimits, 'maxUnpackedBytes' | 'maxStepUnpackedBytes'>) {
    this.#limits = limits
  }

  /** Another step begins. */
  renew(): void {
    this.#bytes = 0
  }

  /**
   * The body without its gzip.
   *
   * @throws ProtocolError GZIP_INVALID, GZIP_TOO_LARGE
   */
  unpack(body: Uint8Array): Uint8Array {
    const { maxUnpackedBytes, maxStepUnpackedBytes } = this.#limits
    const leftBytes = maxStepUnpackedBytes - this.#bytes
    const unpacked = unpackBody(body, Math.max(1, Math.min(maxUnpackedBytes, leftBytes)))
    if (unpacked !== body) this.#bytes += unpacked.length
    if (this.#bytes > maxStepUnpackedBytes) {
      throw new ProtocolError('GZIP_TOO_LARGE', `packed data holds more than ${maxStepUnpackedBytes} bytes`)
    }
    return unpacked
  }
}
