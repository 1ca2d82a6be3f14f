import { type Checks, checkOptions, isBoolean } from '../check-options.ts'
import type { Message } from '../message/message.ts'
import { findPeer, type PeerLike, usePeer } from '../peers/resolve.ts'
import { checkMessages, checkSentMessage, SEND_CHECKS } from './checks.ts'
import type { MessageRef } from './edit-message.ts'
import { groupByChat, type MessageGroup } from './message-groups.ts'
import type { MethodClient } from './method-client.ts'
import { newRandomId, type SendOptions, sendingTo } from './sending.ts'
import { sentMessages } from './sent.ts'

/** Options of forwarded messages. */
export interface ForwardMessagesOptions
  extends Pick<SendOptions, 'silent' | 'scheduleAtS' | 'signal' | 'timeoutMs'> {
  /** Without the name of the author, as a copy. Default: with it. */
  readonly dropAuthor?: boolean | undefined
  /** Without the captions of media. Default: with them. */
  readonly dropCaptions?: boolean | undefined
}

const { silent, scheduleAtS, signal, timeoutMs } = SEND_CHECKS
const CHECKS: Checks<ForwardMessagesOptions> = {
  ...{ silent, scheduleAtS, signal, timeoutMs },
  dropAuthor: isBoolean,
  dropCaptions: isBoolean,
}

/**
 * Forwards messages, also of different chats, in their order.
 *
 * @returns the new messages; fewer where some are gone
 * @throws PeerError; UsageError MESSAGE_INVALID, OPTION_INVALID; RpcError such as CHAT_FORWARDS_RESTRICTED, MESSAGE_ID_INVALID
 *
 * @example
 * ```ts
 * import { forwardMessages, sendMessage, type TelegramClient } from '@cablegram/client'
 *
 * export async function keep(client: TelegramClient) {
 *   const message = await sendMessage(client, 'me', 'Worth keeping')
 *   return await forwardMessages(client, [message], 'me', { dropAuthor: true })
 * }
 * ```
 */
export async function forwardMessages(
  client: MethodClient,
  messages: readonly MessageRef[],
  peer: PeerLike,
  options: ForwardMessagesOptions = {},
): Promise<Message[]> {
  checkMessages(messages, 'forwardMessages')
  for (const message of messages) checkSentMessage(message, 'forwardMessages')
  checkOptions(options, CHECKS, 'of forwardMessages')
  // Before the first group goes.
  await findPeer(client, peer)
  const placed: (Message | undefined)[] = []
  for (const group of await groupByChat(client, messages, 'kept')) {
    const forwarded = await forwardGroup(client, group, peer, options)
    for (const [index, place] of group.places.entries()) placed[place] = forwarded[index]
  }
  return placed.filter((message) => message !== undefined)
}

async function forwardGroup(
  client: MethodClient,
  { chat, ids }: MessageGroup,
  peer: PeerLike,
  options: ForwardMessagesOptions,
): Promise<(Message | undefined)[]> {
  const randomId = ids.map(() => newRandomId(client.surroundings.random))
  const { silent, scheduleAtS, dropAuthor, dropCaptions } = options
  const params = {
    id: [...ids],
    randomId,
    ...(silent === true && { silent }),
    ...(scheduleAtS !== undefined && { scheduleDate: scheduleAtS }),
    ...(dropAuthor === true && { dropAuthor }),
    ...(dropCaptions === true && { dropMediaCaptions: true }),
  }
  return await usePeer(client, chat, async ({ inputPeer: fromPeer }) =>
    usePeer(client, peer, async (to) => {
      const request = { ...params, fromPeer, toPeer: to.inputPeer }
      const updates = await client.call('messages.forwardMessages', request, sendingTo(to.chat, options))
      return sentMessages(client, updates, randomId)
    }),
  )
}
