import type { InputPeer } from '@cablegram/tl/api'
import { inputPeerOf, type PeerLike } from '../peers/resolve.ts'
import type { MessageRef } from './edit-message.ts'
import type { MethodClient } from './method-client.ts'

/** Numbers of messages in one call. */
const MAX_IDS = 100

/** Messages of one chat, at most as many as a call takes. */
export interface MessageGroup {
  readonly chat: PeerLike
  /** They wait to be sent. */
  readonly isScheduled: boolean
  readonly ids: readonly number[]
  /** Their places in the list that was given. */
  readonly places: readonly number[]
}

/**
 * Messages by their chats.
 *
 * @param order `kept`: only neighbours go together, so that the groups have the messages in their order
 */
export async function groupByChat(
  client: MethodClient,
  messages: readonly MessageRef[],
  order: 'kept' | 'any',
): Promise<MessageGroup[]> {
  const groups: { chat: PeerLike; isScheduled: boolean; key: string; ids: number[]; places: number[] }[] = []
  for (const [place, { id, chat, scheduledAtS }] of messages.entries()) {
    const isScheduled = scheduledAtS !== undefined
    const key = `${isScheduled ? 'queue of ' : ''}${keyOf(await inputPeerOf(client, chat))}`
    const open = order === 'kept' ? groups.slice(-1) : groups
    const group = open.find((each) => each.key === key && each.ids.length < MAX_IDS)
    if (group) {
      group.ids.push(id)
      group.places.push(place)
    } else groups.push({ chat, isScheduled, key, ids: [id], places: [place] })
  }
  return groups
}

function keyOf(peer: InputPeer): string {
  switch (peer._) {
    case 'inputPeerUser':
    case 'inputPeerUserFromMessage':
      return `user ${peer.userId}`
    case 'inputPeerChannel':
    case 'inputPeerChannelFromMessage':
      return `channel ${peer.channelId}`
    case 'inputPeerChat':
      return `chat ${peer.chatId}`
    default:
      return peer._
  }
}
