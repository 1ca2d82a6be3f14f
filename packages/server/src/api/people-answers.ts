import type { PeerSettings, Updates } from '@cablegram/tl/api'
import { fullPersonOf } from '../rules/people/full-people.ts'
import type { ChatBar } from '../rules/people/words.ts'
import type { HandlerContext } from './handler.ts'
import { seenUsers } from './peer-book.ts'
import { tlPeer } from './peers.ts'

/** The bar above a chat in TL. */
export function tlPeerSettings({
  mayReportSpam,
  mayAddContact,
  mayBlock,
  maySharePhone,
}: ChatBar): PeerSettings {
  return {
    _: 'peerSettings',
    ...(mayReportSpam && { reportSpam: true }),
    ...(mayAddContact && { addContact: true }),
    ...(mayBlock && { blockContact: true }),
    ...(maySharePhone && { shareContact: true }),
  }
}

/** The answer to a change of what somebody is to the caller: each as the caller sees them now, and the bar above the chat. */
export async function changedPeople(userIds: readonly bigint[], context: HandlerContext): Promise<Updates> {
  const full = await Promise.all(userIds.map((id) => fullPersonOf(context.on, context.caller, id)))
  return {
    _: 'updates',
    updates: userIds.map((id, index) => ({
      _: 'updatePeerSettings',
      peer: tlPeer(id),
      settings: tlPeerSettings(full[index]?.bar ?? NO_BAR),
    })),
    users: await seenUsers(userIds, context),
    chats: [],
    date: context.nowS,
    seq: 0,
  }
}

const NO_BAR: ChatBar = { mayReportSpam: false, mayAddContact: false, mayBlock: false, maySharePhone: false }
