import type { Chat as TlChat, User as TlUser } from '@cablegram/tl/api'
import { idOfPeer } from './ids.ts'

/** What the client remembers of a user or a chat. */
export interface PeerRecord {
  /** As bots know it, see `idOfPeer`. */
  readonly id: bigint
  /** Undefined for basic groups, which need none, and for peers of which only a reduced form (`min`) was seen. */
  readonly accessHash: bigint | undefined
  /** The first name of a user. */
  readonly title: string
  readonly lastName: string | undefined
  /** In lower case. */
  readonly usernames: readonly string[]
  /** Digits only. */
  readonly phone: string | undefined
  /** A supergroup, not a channel of posts. */
  readonly isGroup: boolean
  readonly isBot: boolean
  /** A message of the peer, for reduced forms: calls can name the peer by it. */
  readonly seenIn: SeenIn | undefined
}

/** Place of a message. */
export interface SeenIn {
  readonly chatId: bigint
  readonly messageId: number
}

/** The record of a user; undefined where there is nothing to remember. */
export function recordOfUser(user: TlUser): PeerRecord | undefined {
  if (user._ !== 'user') return undefined
  return {
    id: user.id,
    accessHash: user.min ? undefined : user.accessHash,
    title: user.firstName ?? '',
    lastName: user.lastName,
    usernames: usernamesOf(user),
    phone: user.phone?.replace(/\D/g, ''),
    isGroup: false,
    isBot: user.bot === true,
    seenIn: undefined,
  }
}

const NOTHING = { usernames: [], lastName: undefined, phone: undefined, isBot: false, seenIn: undefined }

/** The record of a group or channel; undefined where there is nothing to remember. */
export function recordOfChat(chat: TlChat): PeerRecord | undefined {
  const none = { ...NOTHING, accessHash: undefined }
  switch (chat._) {
    case 'chat':
    case 'chatForbidden':
      return { ...none, id: -chat.id, title: chat.title, isGroup: true }
    case 'channel': {
      const id = idOfPeer({ _: 'peerChannel', channelId: chat.id })
      const accessHash = chat.min ? undefined : chat.accessHash
      const isGroup = chat.megagroup === true
      return { ...none, id, accessHash, title: chat.title, usernames: usernamesOf(chat), isGroup }
    }
    case 'channelForbidden': {
      const id = idOfPeer({ _: 'peerChannel', channelId: chat.id })
      return { ...none, id, accessHash: chat.accessHash, title: chat.title, isGroup: chat.megagroup === true }
    }
    default:
      return undefined
  }
}

/** The names that lead to a peer, in lower case. */
export function usernamesOf({
  username,
  usernames = [],
}: Pick<Extract<TlUser, { _: 'user' }>, 'username' | 'usernames'>): string[] {
  const active = usernames.filter((each) => each.active).map((each) => each.username)
  return (username === undefined ? active : [username, ...active]).map((name) => name.toLowerCase())
}

/** A newer record, with what only the older one says: reduced forms have neither hash nor phone. */
export function mergeRecords(newer: PeerRecord, older: PeerRecord | undefined): PeerRecord {
  if (older === undefined) return newer
  const isReduced = newer.accessHash === undefined
  return {
    ...newer,
    accessHash: newer.accessHash ?? older.accessHash,
    phone: newer.phone ?? (isReduced ? older.phone : undefined),
    seenIn: newer.seenIn ?? older.seenIn,
  }
}

/** A record whose access hash is of no use. */
export function withoutHash(record: PeerRecord): PeerRecord {
  return { ...record, accessHash: undefined }
}

/** Whether two records say the same. */
export function isSameRecord(a: PeerRecord, b: PeerRecord): boolean {
  return (
    a.accessHash === b.accessHash &&
    a.title === b.title &&
    a.lastName === b.lastName &&
    a.isBot === b.isBot &&
    a.phone === b.phone &&
    a.isGroup === b.isGroup &&
    a.usernames.join() === b.usernames.join() &&
    a.seenIn?.chatId === b.seenIn?.chatId &&
    a.seenIn?.messageId === b.seenIn?.messageId
  )
}

/** Flags of a record in the state. */
const IS_GROUP = 1
const IS_BOT = 2

/** A record as the state holds it. @param slot its place in the ring of all peers */
export function encodePeer(record: PeerRecord, slot: number): string {
  const { accessHash, title, lastName, usernames, phone, isGroup, isBot, seenIn } = record
  const fields = [
    slot,
    accessHash === undefined ? 0 : String(accessHash),
    title,
    lastName ?? '',
    (isGroup ? IS_GROUP : 0) + (isBot ? IS_BOT : 0),
    usernames.join(' '),
    phone ?? '',
    ...(seenIn ? [String(seenIn.chatId), seenIn.messageId] : []),
  ]
  return JSON.stringify(fields)
}

/** Undefined for a text that is no record: it counts as not there. */
export function decodePeer(
  id: bigint,
  text: string | undefined,
): { record: PeerRecord; slot: number } | undefined {
  const fields = text === undefined ? undefined : parseFields(text)
  if (!fields) return undefined
  const [slot, hash, title, lastName, flags, usernames, phone, chatId, messageId] = fields
  if (typeof slot !== 'number' || typeof flags !== 'number') return undefined
  if (typeof title !== 'string' || typeof usernames !== 'string') return undefined
  const record: PeerRecord = {
    id,
    accessHash: isLong(hash) ? BigInt(hash) : undefined,
    title,
    lastName: typeof lastName === 'string' && lastName !== '' ? lastName : undefined,
    usernames: usernames === '' ? [] : usernames.split(' '),
    phone: typeof phone === 'string' && phone !== '' ? phone : undefined,
    isGroup: (flags & IS_GROUP) !== 0,
    isBot: (flags & IS_BOT) !== 0,
    seenIn:
      isLong(chatId) && typeof messageId === 'number' ? { chatId: BigInt(chatId), messageId } : undefined,
  }
  return { record, slot }
}

function parseFields(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isLong(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value)
}
