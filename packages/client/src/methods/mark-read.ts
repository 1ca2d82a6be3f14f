import { type Checks, checkOptions } from '../check-options.ts'
import { asInputChannel, type PeerLike, usePeer } from '../peers/resolve.ts'
import { isMessageId, LIMIT_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { type CallLimits, type MessageId, messageId, repeatable } from './sending.ts'

/** The highest number of a message. */
const NEWEST = 2 ** 31 - 1

/** Options of reading. */
export interface MarkReadOptions extends CallLimits {
  /** Up to this message. Default: all. */
  readonly upTo?: MessageId | undefined
}

const CHECKS: Checks<MarkReadOptions> = { ...LIMIT_CHECKS, upTo: isMessageId }

/**
 * Marks the messages of a chat as read.
 *
 * @throws PeerError; UsageError OPTION_INVALID; RpcError
 *
 * @example
 * ```ts
 * import { markRead, type TelegramClient } from '@cablegram/client'
 *
 * export async function readEverything(client: TelegramClient) {
 *   for await (const { chat, unreadCount } of client.dialogs()) {
 *     if (unreadCount > 0) await markRead(client, chat)
 *   }
 * }
 * ```
 */
export async function markRead(
  client: MethodClient,
  peer: PeerLike,
  options: MarkReadOptions = {},
): Promise<void> {
  checkOptions(options, CHECKS, 'of markRead')
  const { upTo } = options
  const call = repeatable(options)
  const maxId = upTo === undefined ? NEWEST : messageId(upTo)
  await usePeer(client, peer, async ({ inputPeer }) => {
    const channel = asInputChannel(inputPeer)
    if (channel) await client.call('channels.readHistory', { channel, maxId }, call)
    else await client.call('messages.readHistory', { peer: inputPeer, maxId }, call)
  })
}
