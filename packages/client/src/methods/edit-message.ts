import type { InputBotInlineMessageID, Params } from '@cablegram/tl/api'
import { type Checks, checkOptions, isBoolean } from '../check-options.ts'
import type { Message } from '../message/message.ts'
import { type PeerLike, usePeer } from '../peers/resolve.ts'
import { formattedOf, type TextLike } from '../text/formatted.ts'
import { type Buttons, replyMarkupOf } from './buttons.ts'
import { checkMessage, isChecked, LIMIT_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { type CallLimits, callOptions, inputEntities } from './sending.ts'
import { editedMessage } from './sent.ts'

/** A message of a chat: one that came from the client, or its number and chat. */
export interface MessageRef {
  readonly id: number
  readonly chat: PeerLike
  /** Unix seconds at which the server sends it, if it waits for that. */
  readonly scheduledAtS?: number | undefined
}

/** Options of an edit. */
export interface EditMessageOptions extends CallLimits {
  /** Buttons below the message. Default: none. */
  readonly buttons?: Buttons | undefined
  /** Shows a preview of the first link. Default: yes. */
  readonly preview?: boolean | undefined
}

const CHECKS: Checks<EditMessageOptions> = { ...LIMIT_CHECKS, buttons: isChecked, preview: isBoolean }

/**
 * Replaces the text of a message, or the caption of its media.
 *
 * @returns the message as it is now
 * @throws PeerError; UsageError MESSAGE_INVALID, OPTION_INVALID, TEXT_INVALID; RpcError such as MESSAGE_NOT_MODIFIED, MESSAGE_EDIT_TIME_EXPIRED,
 * MESSAGE_AUTHOR_REQUIRED
 *
 * @example
 * ```ts
 * import { editMessage, sendMessage, type TelegramClient } from '@cablegram/client'
 *
 * export async function countdown(client: TelegramClient) {
 *   const message = await sendMessage(client, 'me', '1')
 *   return await editMessage(client, message, '0')
 * }
 * ```
 */
export async function editMessage(
  client: MethodClient,
  message: MessageRef,
  text: TextLike,
  options: EditMessageOptions = {},
): Promise<Message> {
  checkMessage(message, 'editMessage')
  const { scheduledAtS } = message
  checkOptions(options, CHECKS, 'of editMessage')
  const content = await contentOf(client, text, options)
  return await usePeer(client, message.chat, async ({ inputPeer: peer }) => {
    const queued = scheduledAtS !== undefined && { scheduleDate: scheduledAtS }
    const params = { peer, id: message.id, ...content, ...queued }
    const updates = await client.call('messages.editMessage', params, callOptions(options))
    return editedMessage(client, updates, message.id)
  })
}

/** Replaces the text of a message that was sent through this bot. @throws as `editMessage` */
export async function editInlineMessage(
  client: MethodClient,
  id: InputBotInlineMessageID,
  text: TextLike,
  options: EditMessageOptions = {},
): Promise<void> {
  checkOptions(options, CHECKS, 'of editInlineMessage')
  const content = await contentOf(client, text, options)
  // Only the data centre in the id has the message.
  await client.call(
    'messages.editInlineBotMessage',
    { id, ...content },
    { ...callOptions(options), dcId: id.dcId },
  )
}

type Content = Pick<Params<'messages.editMessage'>, 'message' | 'entities' | 'replyMarkup' | 'noWebpage'>

async function contentOf(
  client: MethodClient,
  text: TextLike,
  { buttons, preview }: EditMessageOptions,
): Promise<Content> {
  const formatted = formattedOf(text)
  const entities = await inputEntities(client, formatted)
  return {
    message: formatted.text,
    ...(entities.length > 0 && { entities }),
    ...(buttons !== undefined && { replyMarkup: replyMarkupOf(buttons) }),
    ...(preview === false && { noWebpage: true }),
  }
}
