/** Events that only bots are told of, each under its qts. */
import type { ChatParticipant, ExportedChatInvite, Update, Updates } from '@cablegram/tl/api'
import type { LoggedBotEvent, MemberState } from '../rules/bots/words.ts'
import { linkNamed } from '../rules/groups/full-groups.ts'
import { linkOf } from '../rules/groups/link.ts'
import { aboutOf } from '../rules/people/told-changes.ts'
import { PeerBook } from './peer-book.ts'
import { tlPeer } from './peers.ts'
import type { BoxViewer, SideView } from './side-updates.ts'
import { tlInvite, tlMember } from './tl-chats.ts'
import { tlReaction } from './tl-reactions.ts'

type EventOf<K extends LoggedBotEvent['kind']> = Extract<LoggedBotEvent, { readonly kind: K }>
type Write<K extends LoggedBotEvent['kind']> = (event: EventOf<K>, view: SideView) => Promise<Update> | Update

const WRITERS: { readonly [K in LoggedBotEvent['kind']]: Write<K> } = {
  stopped({ userId, isStopped: stopped, atS, qts }, { book, nowS }) {
    book.add(userId)
    return { _: 'updateBotStopped', userId, date: Math.min(atS, nowS), stopped, qts }
  },
  vote({ pollId, userId, options, places, qts }, { book }) {
    book.add(userId)
    return {
      _: 'updateMessagePollVote',
      pollId,
      peer: tlPeer(userId),
      options: options.map((option) => new Uint8Array(Buffer.from(option, 'base64'))),
      positions: [...places],
      qts,
    }
  },
  reaction({ peerId, messageId: msgId, userId, before, now, atS, qts }, { book, nowS }) {
    book.add(peerId, userId)
    return {
      _: 'updateBotMessageReaction',
      peer: tlPeer(peerId),
      msgId,
      date: Math.min(atS, nowS),
      actor: tlPeer(userId),
      oldReactions: before.map(tlReaction),
      newReactions: now.map(tlReaction),
      qts,
    }
  },
  async member({ chatId, actorId, userId, before, now, hash, atS, qts }, { on, book, nowS }) {
    const invite = hash === undefined ? undefined : await linkNamed(on, hash)
    const inviters = [before?.inviterId, now?.inviterId, invite?.adminId]
    book.add(-chatId, actorId, userId, ...inviters.filter((id) => id !== undefined))
    const part = (state: MemberState): ChatParticipant => tlMember({ userId, ...state }, nowS)
    return {
      _: 'updateChatParticipant',
      chatId,
      date: Math.min(atS, nowS),
      actorId,
      userId,
      ...(before && { prevParticipant: part(before) }),
      ...(now && { newParticipant: part(now) }),
      ...(invite && { invite: tlInvite(invite, nowS) }),
      qts,
    }
  },
  async requester({ chatId, userId, hash, atS, qts }, { on, viewerId, book, nowS }) {
    const invite = await linkNamed(on, hash)
    book.add(-chatId, userId, ...(invite === undefined ? [] : [invite.adminId]))
    return {
      _: 'updateBotChatInviteRequester',
      peer: tlPeer(-chatId),
      date: Math.min(atS, nowS),
      userId,
      about: await aboutOf(on, userId),
      invite: invite === undefined ? goneInvite(hash, viewerId, atS) : tlInvite(invite, nowS),
      qts,
    }
  },
}

/** A link that is gone since, of which nothing is known but its name. */
function goneInvite(hash: string, viewerId: bigint, atS: number): ExportedChatInvite {
  return { _: 'chatInviteExported', revoked: true, link: linkOf(hash), adminId: viewerId, date: atS }
}

/** Updates for events of a bot. Peers that they name go into the book. @param hasQts false: all have a qts of 0 */
export async function botUpdates(
  events: readonly LoggedBotEvent[],
  view: SideView,
  hasQts: boolean,
): Promise<Update[]> {
  const updates: Update[] = []
  for (const event of events) {
    // A kind that only a newer node knows has a place in the log, and no update.
    if (Object.hasOwn(WRITERS, event.kind))
      updates.push(await write(hasQts ? event : { ...event, qts: 0 }, view))
  }
  return updates
}

function write<K extends LoggedBotEvent['kind']>(
  event: EventOf<K>,
  view: SideView,
): Promise<Update> | Update {
  const kind: K = event.kind
  const writer: Write<K> = WRITERS[kind]
  return writer(event, view)
}

/** Events of a bot as its sessions are told of them. */
export async function botPush(events: readonly LoggedBotEvent[], viewer: BoxViewer): Promise<Updates> {
  const book = new PeerBook(viewer.on, viewer.viewerId, viewer.nowS)
  const updates = await botUpdates(events, { ...viewer, book }, true)
  return { _: 'updates', updates, ...(await book.lists()), date: viewer.nowS, seq: 0 }
}
