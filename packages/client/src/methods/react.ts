import { RpcError } from '@cablegram/mtproto'
import type { Reaction } from '@cablegram/tl/api'
import { checkOptions } from '../check-options.ts'
import { usePeer } from '../peers/resolve.ts'
import { checkSentMessage, LIMIT_CHECKS } from './checks.ts'
import type { MessageRef } from './edit-message.ts'
import type { MethodClient } from './method-client.ts'
import { type CallLimits, repeatable } from './sending.ts'

/** An emoji, the number of a custom one, or several of them. */
export type ReactionLike = string | bigint | readonly (string | bigint)[]

/**
 * Reacts to a message, in the place of an earlier reaction of this account. The same reaction again changes nothing.
 *
 * @param reaction an emoji, the number of a custom one, several of them, or undefined to take the reaction away
 * @throws PeerError; UsageError MESSAGE_INVALID, OPTION_INVALID; RpcError such as REACTION_INVALID
 *
 * @example
 * ```ts
 * import { react, sendMessage, type TelegramClient } from '@cablegram/client'
 *
 * export async function like(client: TelegramClient) {
 *   const message = await sendMessage(client, 'me', 'Good')
 *   await react(client, message, '👍')
 *   await react(client, message, undefined)
 * }
 * ```
 */
export async function react(
  client: MethodClient,
  message: MessageRef,
  reaction: ReactionLike | undefined,
  limits: CallLimits = {},
): Promise<void> {
  checkSentMessage(message, 'react')
  checkOptions(limits, LIMIT_CHECKS, 'of react')
  const given = reaction === undefined ? [] : isList(reaction) ? reaction : [reaction]
  await usePeer(client, message.chat, async ({ inputPeer: peer }) => {
    try {
      const params = { peer, msgId: message.id, reaction: given.map(reactionOf) }
      await client.call('messages.sendReaction', params, repeatable(limits))
    } catch (error) {
      if (!isThereAlready(error)) throw error
    }
  })
}

/** The message has this reaction: from earlier, or from the first attempt of a call that was repeated. */
function isThereAlready(error: unknown): boolean {
  return error instanceof RpcError && error.type === 'MESSAGE_NOT_MODIFIED'
}

function reactionOf(reaction: string | bigint): Reaction {
  return typeof reaction === 'bigint'
    ? { _: 'reactionCustomEmoji', documentId: reaction }
    : { _: 'reactionEmoji', emoticon: reaction }
}

function isList(reaction: ReactionLike): reaction is readonly (string | bigint)[] {
  return Array.isArray(reaction)
}
