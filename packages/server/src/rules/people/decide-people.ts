import { bool, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { IS_IN } from '../../database/roles.ts'
import { SERVICE_USER } from '../accounts/service-user.ts'
import { defaultRules, isAllowed, textToRules } from './privacy-rules.ts'
import { seenStatus } from './seen-status.ts'
import type { Avatar, PrivacyKey, PrivacyRule, SeenPerson } from './words.ts'

/** Somebody who looks at others, and the time of the rules' clock. */
export interface Viewer {
  readonly viewerId: bigint
  readonly nowS: number
}

/** mine: the viewer's contact; theirs: the viewer as their contact. */
const findSeen = sql`
  SELECT l.listed_id, u.*, b.info_version, b.reads_all, b.joins_groups,
    (SELECT v.is_bot FROM users v WHERE v.id = :viewerId) AS viewer_is_bot, mine.phone AS own_phone, mine.first_name AS own_first_name, mine.last_name AS own_last_name,
    CASE WHEN theirs.user_id IS NULL THEN 0 ELSE 1 END AS has_viewer,
    CASE WHEN k.user_id IS NULL THEN 0 ELSE 1 END AS has_blocked
  FROM ${LISTED_IDS} l
  LEFT JOIN users u ON u.id = l.listed_id
  LEFT JOIN bots b ON b.user_id = l.listed_id
  LEFT JOIN contacts mine ON mine.user_id = :viewerId AND mine.contact_id = l.listed_id AND mine.contact_id > 0
  LEFT JOIN contacts theirs ON theirs.user_id = l.listed_id AND theirs.contact_id = :viewerId AND theirs.contact_id > 0
  LEFT JOIN blocks k ON k.user_id = l.listed_id AND k.peer_id = :viewerId`
const findRules = sql`
  SELECT p.user_id, p.key, p.rules FROM ${LISTED_IDS} l JOIN privacy p ON p.user_id = l.listed_id`
const findMembers = sql`
  SELECT m.chat_id, m.user_id FROM ${LISTED_IDS} l
  JOIN chat_members m ON m.chat_id = l.listed_id AND m.${IS_IN}`

/** Tells whether an account allows another what a key of privacy guards. `isContact`: it has the other as a contact. */
export type Allows = (
  key: PrivacyKey,
  ownerId: bigint,
  other: { readonly userId: bigint; readonly isBot: boolean; readonly isContact: boolean },
) => boolean

/** Users as somebody sees them, in this order. An id that is nobody's is that of a deleted account. */
export function* findPeople(viewer: Viewer, ids: readonly bigint[]): Decision<SeenPerson[]> {
  const { viewerId } = viewer
  const rows = yield* findSeen.rows({ viewerId, ids: idList(ids) })
  const isOwnOnly = ids.every((id) => id === viewerId)
  const allows = isOwnOnly ? () => true : yield* findAllows([...ids, viewerId])
  const [first] = rows
  const viewerIsBot = first !== undefined && !isNull(first, 'viewer_is_bot') && bool(first, 'viewer_is_bot')
  const people = new Map(
    rows.map((row) => [long(row, 'listed_id'), toSeen(row, { ...viewer, viewerIsBot, allows })]),
  )
  return ids.flatMap((id) => people.get(id) ?? [])
}

/** The settings of privacy of these accounts, ready to be asked. */
export function* findAllows(ownerIds: readonly bigint[]): Decision<Allows> {
  const rows = yield* findRules.rows({ ids: idList(ownerIds) })
  const rules = new Map(rows.map((row) => [ruleKey(row), textToRules(text(row, 'rules'))]))
  const members = yield* findMembersOf([...rules.values()].flat())
  return (key, ownerId, other) => {
    const chatIds = members.get(other.userId) ?? new Set<bigint>()
    return isAllowed(rules.get(`${ownerId} ${key}`) ?? defaultRules(key), { ...other, chatIds })
  }
}

function ruleKey(row: Row): string {
  return `${long(row, 'user_id')} ${text(row, 'key')}`
}

/** The basic groups that rules name, by member. */
function* findMembersOf(rules: readonly PrivacyRule[]): Decision<Map<bigint, Set<bigint>>> {
  const members = new Map<bigint, Set<bigint>>()
  const chatIds = [...new Set(rules.flatMap((rule) => (rule.whom === 'chats' ? rule.chatIds : [])))]
  if (chatIds.length === 0) return members
  for (const row of yield* findMembers.rows({ ids: idList(chatIds) })) {
    const userId = long(row, 'user_id')
    const ofUser = members.get(userId) ?? new Set<bigint>()
    members.set(userId, ofUser.add(long(row, 'chat_id')))
  }
  return members
}

interface Eyes extends Viewer {
  readonly viewerIsBot: boolean
  readonly allows: Allows
}

function toSeen(row: Row, eyes: Eyes): SeenPerson {
  const id = long(row, 'listed_id')
  if (id === SERVICE_USER.id) {
    return { kind: 'service', id, firstName: SERVICE_USER.firstName, phone: SERVICE_USER.phone }
  }
  if (isNull(row, 'id')) return { kind: 'deleted', id }
  const isSelf = id === eyes.viewerId
  const isContact = !isNull(row, 'own_phone')
  const names = {
    id,
    firstName: text(row, isContact ? 'own_first_name' : 'first_name'),
    lastName: text(row, isContact ? 'own_last_name' : 'last_name'),
    username: isNull(row, 'username') ? undefined : text(row, 'username'),
    avatar: avatarOf(row, eyes),
  }
  if (bool(row, 'is_bot')) return { kind: 'bot', isSelf, isContact, ...names, ...botFacts(row) }
  const isMutualContact = isContact && bool(row, 'has_viewer')
  return {
    kind: 'person',
    isSelf,
    isContact,
    isMutualContact,
    ...names,
    phone: isSelf || isPhoneKnown(row, eyes) ? text(row, 'phone') : undefined,
    status: statusOf(row, eyes),
  }
}

/** A bot that the console made before there were descriptions has the first one. */
function botFacts(row: Row) {
  if (isNull(row, 'info_version')) return { infoVersion: 1, readsAll: false, joinsGroups: true }
  return {
    infoVersion: int(row, 'info_version'),
    readsAll: bool(row, 'reads_all'),
    joinsGroups: bool(row, 'joins_groups'),
  }
}

/** The photo that the viewer may see: the account's own, or the one for those who may not. */
function avatarOf(row: Row, eyes: Eyes): Avatar | undefined {
  const id = long(row, 'id')
  if (long(row, 'photo_id') === 0n && long(row, 'fallback_photo_id') === 0n) return undefined
  const maySee = id === eyes.viewerId || eyes.allows('profilePhoto', id, viewerOf(row, eyes))
  const [photoId, dcId] = maySee ? ['photo_id', 'photo_dc_id'] : ['fallback_photo_id', 'fallback_dc_id']
  return long(row, photoId) === 0n ? undefined : { photoId: long(row, photoId), dcId: int(row, dcId) }
}

/** The viewer as the other person's settings see them. */
function viewerOf(row: Row, { viewerId, viewerIsBot }: Eyes) {
  return { userId: viewerId, isBot: viewerIsBot, isContact: bool(row, 'has_viewer') }
}

/** A viewer who has somebody's number in their address book knows it already. */
function isPhoneKnown(row: Row, eyes: Eyes): boolean {
  const hasIt = !isNull(row, 'own_phone') && text(row, 'own_phone') === text(row, 'phone')
  return hasIt || eyes.allows('phone', long(row, 'id'), viewerOf(row, eyes))
}

/** Somebody who hides their own status is told no more of others' than those are told of theirs. */
function statusOf(row: Row, eyes: Eyes) {
  const id = long(row, 'id')
  const { allows, viewerId, nowS } = eyes
  const own = { userId: id, isBot: false, isContact: !isNull(row, 'own_phone') }
  const isSelf = id === viewerId
  return seenStatus({
    onlineUntilS: int(row, 'online_until_s'),
    lastSeenAtS: Math.max(int(row, 'last_seen_at_s'), int(row, 'created_at_s')),
    nowS,
    isBlocked: bool(row, 'has_blocked'),
    isHidden: !isSelf && !allows('status', id, viewerOf(row, eyes)),
    isHiddenByOwn: !isSelf && !allows('status', viewerId, own),
  })
}
