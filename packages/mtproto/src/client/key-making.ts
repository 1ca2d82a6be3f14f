import { decodePlain, encodePlain, MSG_ID_BITS, nextMsgId, unwrapS } from '../envelope/index.ts'
import {
  type ClientExchange,
  type ClientExchangeSetup,
  type MadeKey,
  onExchangeMessage,
  startExchange,
} from '../exchange/index.ts'
import { decodeService } from '../service.ts'

/** A client's key in the making: an exchange with its packets, on one connection. */
export class KeyMaking {
  readonly isTemporary: boolean
  readonly startedAtMs: number
  /** req_pq_multi. */
  readonly firstPacket: Uint8Array
  /** The server's clock minus ours, as the exchange has shown it. */
  offsetMs: number | undefined
  readonly #setup: ClientExchangeSetup
  readonly #maxPlainBytes: number
  #state: ClientExchange
  #lastMsgId: bigint | undefined

  /** @param serverNowMs as far as it is known */
  constructor(setup: ClientExchangeSetup, nowMs: number, serverNowMs: number, maxPlainBytes: number) {
    this.#setup = setup
    this.#maxPlainBytes = maxPlainBytes
    this.isTemporary = setup.expiresInS !== undefined
    this.startedAtMs = nowMs
    const { state, send } = startExchange(setup)
    this.#state = state
    this.firstPacket = this.#encode(send, serverNowMs)
  }

  /**
   * Takes an unencrypted packet of the server.
   *
   * @throws ProtocolError, DecodeError: the exchange is over
   */
  onPacket(packet: Uint8Array, nowMs: number, serverNowMs: number): { send: Uint8Array } | { made: MadeKey } {
    const step = onExchangeMessage(
      this.#state,
      decodeService(decodePlain(packet, this.#maxPlainBytes).body),
      this.#setup,
    )
    if ('made' in step) return step
    this.#state = step.state
    if (step.state.at === 'awaitDhGen')
      this.offsetMs ??= unwrapS(step.state.serverTimeS, nowMs / 1000) * 1000 - nowMs
    return { send: this.#encode(step.send, serverNowMs) }
  }

  #encode(body: Uint8Array, serverNowMs: number): Uint8Array {
    const msgId = nextMsgId(serverNowMs, this.#lastMsgId, MSG_ID_BITS.client)
    this.#lastMsgId = msgId
    return encodePlain(msgId, body)
  }
}
