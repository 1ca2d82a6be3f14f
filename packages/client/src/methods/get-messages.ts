import { checkOptions } from '../check-options.ts'
import type { Message } from '../message/message.ts'
import { asInputChannel, usePeer } from '../peers/resolve.ts'
import { checkMessages, checkSentMessage, LIMIT_CHECKS } from './checks.ts'
import type { MessageRef } from './edit-message.ts'
import { groupByChat, type MessageGroup } from './message-groups.ts'
import type { MethodClient } from './method-client.ts'
import { pageOf } from './pages.ts'
import { type CallLimits, repeatable } from './sending.ts'

/**
 * Gets messages by their numbers, also of different chats, such as the one that another replies to. Bots can do this, too,
 * and cannot read histories.
 *
 * @returns those that are there and in the chat that was named, in the order in which they were asked for
 * @throws PeerError; UsageError MESSAGE_INVALID, OPTION_INVALID; RpcError; ConnectionError
 *
 * @example
 * ```ts
 * import { getMessages, type Message, type TelegramClient } from '@cablegram/client'
 *
 * export async function original(client: TelegramClient, { chat, replyTo }: Message) {
 *   if (replyTo === undefined) return undefined
 *   const [message] = await getMessages(client, [{ chat, id: replyTo }])
 *   return message
 * }
 * ```
 */
export async function getMessages(
  client: MethodClient,
  messages: readonly MessageRef[],
  limits: CallLimits = {},
): Promise<Message[]> {
  checkMessages(messages, 'getMessages')
  for (const message of messages) checkSentMessage(message, 'getMessages')
  checkOptions(limits, LIMIT_CHECKS, 'of getMessages')
  const placed: (Message | undefined)[] = []
  for (const group of await groupByChat(client, messages, 'any')) {
    const found = await getGroup(client, group, limits)
    for (const [index, place] of group.places.entries()) placed[place] = found.get(group.ids[index] ?? 0)
  }
  return placed.filter((message) => message !== undefined)
}

async function getGroup(
  client: MethodClient,
  { chat, ids }: MessageGroup,
  limits: CallLimits,
): Promise<ReadonlyMap<number, Message>> {
  const id = ids.map((each) => ({ _: 'inputMessageID', id: each }) as const)
  const call = repeatable(limits)
  return await usePeer(client, chat, async ({ inputPeer, chat: { id: chatId } }) => {
    const channel = asInputChannel(inputPeer)
    const answer = channel
      ? await client.call('channels.getMessages', { channel, id }, call)
      : await client.call('messages.getMessages', { id }, call)
    // All chats but supergroups and channels number their messages together: a wrong number is a message of another chat.
    const inChat = pageOf(client, answer).messages.filter((message) => message.chat.id === chatId)
    return new Map(inChat.map((message) => [message.id, message]))
  })
}
