import type { Update, Updates } from '@cablegram/tl/api'
import type { GroupChange } from '../rules/groups/decide-members.ts'
import { membersIn } from '../rules/groups/full-groups.ts'
import { refusal } from '../rules/index.ts'
import { CHANNELS_BELOW, type PeerId } from '../rules/messages/words.ts'
import type { HandlerContext } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { viewerIn } from './side-view.ts'
import { tlMemberList } from './tl-chats.ts'
import { tlBoxEvent } from './tl-messages.ts'

/** The id of a basic group that is named as a peer. @throws {RpcError} PEER_ID_INVALID */
export function chatIdOf(peerId: PeerId): bigint {
  if (peerId < 0n && peerId > CHANNELS_BELOW) return -peerId
  throw refusal('PEER_ID_INVALID')
}

/** The answer to a change of a group: the group, its news, and the events in the caller's box. */
export async function groupUpdates(
  { chatId, events }: GroupChange,
  news: readonly Update[],
  context: HandlerContext,
): Promise<Extract<Updates, { _: 'updates' }>> {
  const { nowS } = context
  const book = peerBook(context)
  book.add(-chatId)
  for (const event of events) if ('message' in event) book.addMessages([event.message])
  for (const update of news) {
    if (update._ === 'updateChatParticipants') book.add(...peopleIn(update))
    if (update._ === 'updateChatParticipantRank') book.add(update.userId)
  }
  const updates = [...news, ...events.map((event) => tlBoxEvent(event, viewerIn(context)))]
  return { _: 'updates', updates, ...(await book.lists()), date: nowS, seq: 0 }
}

function peopleIn({ participants }: Extract<Update, { _: 'updateChatParticipants' }>): bigint[] {
  if (participants._ !== 'chatParticipants') return []
  return participants.participants.flatMap((each) =>
    'inviterId' in each ? [each.userId, each.inviterId] : each.userId,
  )
}

/** The news that the members of a group have changed, as they are now. */
export async function membersUpdate(chatId: bigint, { on, nowS }: HandlerContext): Promise<Update[]> {
  const list = await membersIn(on, chatId)
  if (list === undefined) return []
  return [{ _: 'updateChatParticipants', participants: tlMemberList(list, nowS) }]
}
