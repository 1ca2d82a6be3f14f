import type { Chat as TlChat, Message as TlMessage, User as TlUser, Update } from '@cablegram/tl/api'
import { idOfPeer } from './ids.ts'
import { type PeerRecord, recordOfChat, recordOfUser, type SeenIn, usernamesOf } from './record.ts'

/** Lists that answers and updates have, whatever else is in them. */
interface Lists {
  readonly users?: unknown
  readonly chats?: unknown
  readonly messages?: unknown
  readonly updates?: unknown
  readonly newMessages?: unknown
}

/** The users and chats that an answer or an update names, as records. */
export function recordsIn(value: unknown): PeerRecord[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return recordsOf(value, value, noMessages)
  const { users, chats, messages, newMessages, updates }: Lists = value
  if (updates !== undefined && !Array.isArray(updates))
    return [...recordsIn(updates), ...namedIn(users, chats, noMessages)]
  if (!Array.isArray(users) && !Array.isArray(chats)) return userIn(value)
  return namedIn(users, chats, () => [messages, newMessages, updates].flatMap(messagesOf))
}

/** Other names of a user, or another number. */
export interface NameChange {
  readonly id: bigint
  /** Undefined: it is not told which. */
  readonly changes: Partial<Pick<PeerRecord, 'title' | 'lastName' | 'usernames' | 'phone'>> | undefined
}

/** Changes of names and numbers that updates tell. */
export function nameChangesIn(value: unknown): NameChange[] {
  if (typeof value !== 'object' || value === null) return []
  const { updates, otherUpdates, update }: { updates?: unknown; otherUpdates?: unknown; update?: unknown } =
    value
  // Most answers have none of them.
  if (updates === undefined && otherUpdates === undefined && update === undefined) return []
  const changes: NameChange[] = []
  for (const list of [updates, otherUpdates, [update]]) {
    for (const each of Array.isArray(list) ? list : []) {
      const change = isUpdate(each) ? nameChangeOf(each) : undefined
      if (change) changes.push(change)
    }
  }
  return changes
}

function nameChangeOf(update: Update): NameChange | undefined {
  switch (update._) {
    case 'updateUserName': {
      const { userId: id, firstName: title, lastName } = update
      const usernames = usernamesOf({ usernames: update.usernames })
      return { id, changes: { title, lastName: lastName === '' ? undefined : lastName, usernames } }
    }
    case 'updateUserPhone': {
      const digits = update.phone.replace(/\D/g, '')
      return { id: update.userId, changes: { phone: digits === '' ? undefined : digits } }
    }
    case 'updateUser':
      return { id: update.userId, changes: undefined }
    default:
      return undefined
  }
}

function namedIn(users: unknown, chats: unknown, messages: () => TlMessage[]): PeerRecord[] {
  return recordsOf(Array.isArray(users) ? users : [], Array.isArray(chats) ? chats : [], messages)
}

/** An answer with one user, such as that of a login. */
function userIn(value: object): PeerRecord[] {
  const peers = ['user' in value ? value.user : value]
  return recordsOf(peers, peers, noMessages)
}

/** @param messages read only for peers whose access hash was not sent: a message that shows them is another name for them */
function recordsOf(
  users: readonly unknown[],
  chats: readonly unknown[],
  messages: () => TlMessage[],
): PeerRecord[] {
  const found: PeerRecord[] = []
  for (const user of users) addTo(found, isUser(user) ? recordOfUser(user) : undefined)
  for (const chat of chats) addTo(found, isChat(chat) ? recordOfChat(chat) : undefined)
  if (found.every(({ accessHash, id }) => accessHash !== undefined || isBasicGroup(id))) return found
  const places = placesOf(messages())
  return found.map((record) =>
    record.accessHash === undefined ? { ...record, seenIn: places.get(record.id) } : record,
  )
}

function addTo(records: PeerRecord[], record: PeerRecord | undefined): void {
  if (record) records.push(record)
}

const noMessages = (): TlMessage[] => []

/** A message of each author. */
function placesOf(messages: readonly TlMessage[]): Map<bigint, SeenIn> {
  const places = new Map<bigint, SeenIn>()
  for (const message of messages) {
    if (message._ === 'messageEmpty') continue
    const place = { chatId: idOfPeer(message.peerId), messageId: message.id }
    const forward = message._ === 'message' ? message.fwdFrom?.fromId : undefined
    for (const author of [message.fromId, forward]) if (author) places.set(idOfPeer(author), place)
  }
  return places
}

/** Messages of a list of messages, or of updates that have one. */
function messagesOf(list: unknown): TlMessage[] {
  if (!Array.isArray(list)) return []
  return list
    .map((each: unknown) =>
      typeof each === 'object' && each !== null && 'message' in each && typeof each.message === 'object'
        ? each.message
        : each,
    )
    .filter(isMessage)
}

function isUser(value: unknown): value is TlUser {
  return nameOf(value) === 'user'
}

function isChat(value: unknown): value is TlChat {
  return CHATS.has(nameOf(value))
}

function isUpdate(value: unknown): value is Update {
  return String(nameOf(value)).startsWith('update')
}

function isMessage(value: unknown): value is TlMessage {
  return MESSAGES.has(nameOf(value))
}

const CHATS: ReadonlySet<unknown> = new Set(['chat', 'chatForbidden', 'channel', 'channelForbidden'])
const MESSAGES: ReadonlySet<unknown> = new Set(['message', 'messageService'])

/** The name of a TL value's constructor. */
function nameOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '_' in value ? value._ : undefined
}

function isBasicGroup(id: bigint): boolean {
  return id < 0n && id > -1_000_000_000_000n
}
