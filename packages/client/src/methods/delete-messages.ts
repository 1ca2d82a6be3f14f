import { type Checks, checkOptions, isBoolean } from '../check-options.ts'
import { asInputChannel, usePeer } from '../peers/resolve.ts'
import { checkMessages, LIMIT_CHECKS } from './checks.ts'
import type { MessageRef } from './edit-message.ts'
import { groupByChat } from './message-groups.ts'
import type { MethodClient } from './method-client.ts'
import { type CallLimits, repeatable } from './sending.ts'

/** Options of a deletion. */
export interface DeleteMessagesOptions extends CallLimits {
  /** For everybody in the chat, not only for this account. Supergroups and channels know no other way. Default: yes. */
  readonly forAll?: boolean | undefined
}

const CHECKS: Checks<DeleteMessagesOptions> = { ...LIMIT_CHECKS, forAll: isBoolean }

/**
 * Deletes messages, also of different chats, and those that wait to be sent.
 *
 * @throws PeerError; UsageError MESSAGE_INVALID, OPTION_INVALID; RpcError such as MESSAGE_DELETE_FORBIDDEN
 *
 * @example
 * ```ts
 * import { deleteMessages, sendMessage, type TelegramClient } from '@cablegram/client'
 *
 * export async function sayAndRegret(client: TelegramClient) {
 *   const message = await sendMessage(client, 'me', 'Forget this')
 *   await deleteMessages(client, [message])
 * }
 * ```
 */
export async function deleteMessages(
  client: MethodClient,
  messages: readonly MessageRef[],
  options: DeleteMessagesOptions = {},
): Promise<void> {
  checkMessages(messages, 'deleteMessages')
  checkOptions(options, CHECKS, 'of deleteMessages')
  const { forAll = true } = options
  const call = repeatable(options)
  for (const { chat, ids, isScheduled } of await groupByChat(client, messages, 'any')) {
    await usePeer(client, chat, async ({ inputPeer }) => {
      const channel = asInputChannel(inputPeer)
      const id = [...ids]
      if (isScheduled) await client.call('messages.deleteScheduledMessages', { peer: inputPeer, id }, call)
      else if (channel) await client.call('channels.deleteMessages', { channel, id }, call)
      else await client.call('messages.deleteMessages', { id, ...(forAll && { revoke: true }) }, call)
    })
  }
}
