import { type Checks, checkOptions, isBoolean } from '../check-options.ts'
import { usePeer } from '../peers/resolve.ts'
import { checkSentMessage, LIMIT_CHECKS } from './checks.ts'
import type { MessageRef } from './edit-message.ts'
import type { MethodClient } from './method-client.ts'
import { type CallLimits, callOptions, repeatable } from './sending.ts'

/** Options of a pin. */
export interface PinMessageOptions extends CallLimits {
  /** Without telling the members. Default: they are told. */
  readonly silent?: boolean | undefined
  /** In a private chat for this account only. Default: for both. */
  readonly onlyHere?: boolean | undefined
}

const CHECKS: Checks<PinMessageOptions> = { ...LIMIT_CHECKS, silent: isBoolean, onlyHere: isBoolean }

/**
 * Pins a message in its chat.
 *
 * @throws PeerError; UsageError MESSAGE_INVALID, OPTION_INVALID; RpcError such as CHAT_ADMIN_REQUIRED
 *
 * @example
 * ```ts
 * import { pinMessage, sendMessage, type TelegramClient } from '@cablegram/client'
 *
 * export async function announce(client: TelegramClient) {
 *   const message = await sendMessage(client, 'me', 'The rules')
 *   await pinMessage(client, message, { silent: true })
 * }
 * ```
 */
export async function pinMessage(
  client: MethodClient,
  message: MessageRef,
  options: PinMessageOptions = {},
): Promise<void> {
  checkSentMessage(message, 'pinMessage')
  checkOptions(options, CHECKS, 'of pinMessage')
  const { silent, onlyHere } = options
  const flags = { ...(silent === true && { silent }), ...(onlyHere === true && { pmOneside: true }) }
  await usePeer(client, message.chat, async ({ inputPeer: peer }) => {
    const params = { peer, id: message.id, ...flags }
    await client.call('messages.updatePinnedMessage', params, callOptions(options))
  })
}

/**
 * Takes a message off the pinned ones.
 *
 * @throws PeerError; UsageError MESSAGE_INVALID, OPTION_INVALID; RpcError such as CHAT_ADMIN_REQUIRED
 *
 * @example
 * ```ts
 * import { type Message, type TelegramClient, unpinMessage } from '@cablegram/client'
 *
 * export async function unpin(client: TelegramClient, message: Message) {
 *   await unpinMessage(client, message)
 * }
 * ```
 */
export async function unpinMessage(
  client: MethodClient,
  message: MessageRef,
  limits: CallLimits = {},
): Promise<void> {
  checkSentMessage(message, 'unpinMessage')
  checkOptions(limits, LIMIT_CHECKS, 'of unpinMessage')
  await usePeer(client, message.chat, async ({ inputPeer: peer }) => {
    const params = { peer, id: message.id, unpin: true }
    await client.call('messages.updatePinnedMessage', params, repeatable(limits))
  })
}
