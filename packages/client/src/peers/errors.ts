import { MtprotoError } from '@cablegram/tl'

/**
 * A peer cannot be found: `PEER_NAME_UNKNOWN` (nobody has the name), `PEER_PHONE_UNKNOWN` (nobody with this number, or not
 * for you), `PEER_ID_UNKNOWN` (this session has not seen it), `PEER_NOT_JOINED` (an invite link to a chat that you are not
 * in), `PEER_LINK_INVALID` (a link that leads to no chat), `PEER_INVALID` (it is not written as a peer is). The message has
 * the next step.
 *
 * @example
 * ```ts
 * import { PeerError, type TelegramClient } from '@cablegram/client'
 *
 * export async function isNameFree(client: TelegramClient, name: string): Promise<boolean> {
 *   try {
 *     await client.resolve(name)
 *     return false
 *   } catch (error) {
 *     if (error instanceof PeerError && error.code === 'PEER_NAME_UNKNOWN') return true
 *     throw error
 *   }
 * }
 * ```
 */
export class PeerError extends MtprotoError {
  override readonly name: string = 'PeerError'
  readonly code: PeerErrorCode

  constructor(code: PeerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Codes of a PeerError. */
export type PeerErrorCode =
  | 'PEER_NAME_UNKNOWN'
  | 'PEER_PHONE_UNKNOWN'
  | 'PEER_ID_UNKNOWN'
  | 'PEER_NOT_JOINED'
  | 'PEER_LINK_INVALID'
  | 'PEER_INVALID'
