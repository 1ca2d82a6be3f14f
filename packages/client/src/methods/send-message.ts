import { type Checks, checkOptions, isBoolean } from '../check-options.ts'
import type { Message } from '../message/message.ts'
import { type PeerLike, usePeer } from '../peers/resolve.ts'
import { formattedOf, type TextLike } from '../text/formatted.ts'
import { SEND_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { inputEntities, messageId, newRandomId, type SendOptions, sendingTo, sendParams } from './sending.ts'
import { sentMessage } from './sent.ts'

/** Options of a text. */
export interface SendMessageOptions extends SendOptions {
  /** Shows a preview of the first link. Default: yes. */
  readonly preview?: boolean | undefined
}

const CHECKS: Checks<SendMessageOptions> = { ...SEND_CHECKS, preview: isBoolean }

/**
 * Sends a text: a string, `md`…``, `html`…`` or `{ text, entities }`.
 *
 * A call whose answer is lost is sent again under the same number, so the text arrives once.
 *
 * @returns the message
 * @throws PeerError; UsageError OPTION_INVALID, TEXT_INVALID, BUTTONS_INVALID; RpcError such as MESSAGE_TOO_LONG, CHAT_WRITE_FORBIDDEN,
 * USER_IS_BLOCKED; ConnectionError
 *
 * @example
 * ```ts
 * import { md, sendMessage, type TelegramClient } from '@cablegram/client'
 *
 * export async function greet(client: TelegramClient, name: string) {
 *   const message = await sendMessage(client, 'me', md`**Hi** ${name}`, { silent: true })
 *   return await sendMessage(client, 'me', 'How are you?', { replyTo: message })
 * }
 * ```
 */
export async function sendMessage(
  client: MethodClient,
  peer: PeerLike,
  text: TextLike,
  options: SendMessageOptions = {},
): Promise<Message> {
  checkOptions(options, CHECKS, 'of sendMessage')
  const formatted = formattedOf(text)
  const entities = await inputEntities(client, formatted)
  const randomId = options.randomId ?? newRandomId(client.surroundings.random)
  const replyTo = options.replyTo === undefined ? undefined : messageId(options.replyTo)
  return await usePeer(client, peer, async (to) => {
    const params = {
      peer: to.inputPeer,
      message: formatted.text,
      randomId,
      ...sendParams(options),
      ...(entities.length > 0 && { entities }),
      ...(options.preview === false && { noWebpage: true }),
    }
    const updates = await client.call('messages.sendMessage', params, sendingTo(to.chat, options))
    return sentMessage(client, updates, randomId, { to, text: formatted, replyTo })
  })
}
