import type { Update } from '@cablegram/tl/api'
import { membersIn, rightsOf, waitingFor } from '../rules/groups/full-groups.ts'
import type { SideUpdate } from './side-view.ts'
import { peopleOf, tlBannedRights, tlMemberList, tlWaiting } from './tl-chats.ts'

/** Updates of groups without a pts, by their kind. All tell how the group is now. */
export const GROUP_SIDE_UPDATES: Readonly<
  Record<'chatMembers' | 'chatRights' | 'chat' | 'joinRequests', SideUpdate>
> = {
  chatMembers: async ({ subject }, { on, viewerId, nowS, book }) => {
    const list = await membersIn(on, -subject)
    // People who have left the group since then are told no more of it.
    if (!list?.members.some(({ userId }) => userId === viewerId)) return []
    book.add(subject, ...peopleOf(list))
    return [{ _: 'updateChatParticipants', participants: tlMemberList(list, nowS) }]
  },
  chatRights: async ({ subject }, { on, book }) => {
    const rights = await rightsOf(on, -subject)
    if (rights === undefined) return []
    book.add(subject)
    return [rightsUpdate(-subject, rights)]
  },
  chat: ({ subject }, { book }) => {
    book.add(subject)
    return [{ _: 'updateChat', chatId: -subject }]
  },
  joinRequests: async ({ subject }, { on, book }) => {
    const waiting = await waitingFor(on, -subject)
    book.add(subject, ...waiting.newestIds)
    return [tlWaiting(-subject, waiting)]
  },
}

/** The news that members must not do other things than before. */
export function rightsUpdate(
  chatId: bigint,
  { bits, version }: { readonly bits: number; readonly version: number },
): Update {
  return {
    _: 'updateChatDefaultBannedRights',
    peer: { _: 'peerChat', chatId },
    defaultBannedRights: tlBannedRights(bits),
    version,
  }
}
