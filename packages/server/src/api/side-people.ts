/** Updates about people, which have no pts: each tells of the tables as they are now. */
import type { Update } from '@cablegram/tl/api'
import { seePeers } from '../rules/avatars/see-peers.ts'
import type { SideNews } from '../rules/messages/words.ts'
import { barOf, isBlocking, rulesOf } from '../rules/people/told-changes.ts'
import { tlPeer } from './peers.ts'
import { tlPeerSettings } from './people-answers.ts'
import type { SideUpdate, SideView } from './side-view.ts'
import { tlPrivacyKey, tlPrivacyRules } from './tl-privacy.ts'

/** The updates of this file, by the kind of change. */
export const PEOPLE_SIDE_UPDATES: Readonly<
  Record<'contact' | 'peerBlocked' | 'privacy' | 'user' | 'userName', SideUpdate>
> = {
  contact,
  peerBlocked,
  privacy,
  user,
  userName,
}

async function contact({ subject: userId }: SideNews, { on, viewerId, book }: SideView): Promise<Update[]> {
  book.add(userId)
  const settings = tlPeerSettings(await barOf(on, viewerId, userId))
  return [{ _: 'updatePeerSettings', peer: tlPeer(userId), settings }]
}

async function peerBlocked(
  { subject: peerId }: SideNews,
  { on, viewerId, book }: SideView,
): Promise<Update[]> {
  book.add(peerId)
  const blocked = await isBlocking(on, viewerId, peerId)
  return [{ _: 'updatePeerBlocked', ...(blocked && { blocked }), peerId: tlPeer(peerId) }]
}

async function privacy({ detail = '' }: SideNews, { on, viewerId, book }: SideView): Promise<Update[]> {
  const found = await rulesOf(on, viewerId, detail)
  if (found === undefined) return []
  const { key, rules } = found
  for (const rule of rules) {
    if (rule.whom === 'users') book.add(...rule.userIds)
    if (rule.whom === 'chats') book.add(...rule.chatIds.map((id) => -id))
  }
  return [{ _: 'updatePrivacy', key: tlPrivacyKey(key), rules: tlPrivacyRules(rules) }]
}

/** Something about somebody that clients have to ask for. */
function user({ subject: userId }: SideNews, { book }: SideView): Update[] {
  book.add(userId)
  return [{ _: 'updateUser', userId }]
}

/** The names that the viewer sees: a contact has those that the viewer gave them. */
async function userName({ subject: userId }: SideNews, { on, viewerId, book }: SideView): Promise<Update[]> {
  book.add(userId)
  const { people } = await seePeers(on, viewerId, { userIds: [userId] })
  const [person] = people
  if (person?.kind !== 'person' && person?.kind !== 'bot') return [{ _: 'updateUser', userId }]
  const { firstName, lastName, username } = person
  const usernames: Extract<Update, { _: 'updateUserName' }>['usernames'] =
    username === undefined ? [] : [{ _: 'username', editable: true, active: true, username }]
  return [{ _: 'updateUserName', userId, firstName, lastName, usernames }]
}
