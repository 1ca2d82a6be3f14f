import type { InputPeer, Chat as TlChat, User as TlUser } from '@cablegram/tl/api'
import { idOfPeer, peerOfId } from './ids.ts'
import { jsonOf } from './json.ts'
import type { PeerRecord } from './record.ts'

/** A user, as a message or a list of chats shows it. Prints and serialises without `raw`. */
export class User {
  // As in a message, a declared field without a value is not printed.
  readonly kind = 'user'
  readonly id: bigint
  /** First and last name. */
  readonly title: string
  readonly firstName: string
  declare readonly lastName?: string
  /** Without the `@`. */
  declare readonly username?: string
  /** Digits only. */
  declare readonly phone?: string
  /** The account of this client. */
  readonly isSelf: boolean
  readonly isBot: boolean
  readonly #raw: TlUser | undefined
  readonly #inputPeer: InputPeer | undefined

  constructor(fields: UserFields, raw: TlUser | undefined, inputPeer: InputPeer | undefined) {
    const { id, firstName, lastName, username, phone } = fields
    this.id = id
    this.title = lastName === undefined ? firstName : `${firstName} ${lastName}`.trim()
    this.firstName = firstName
    if (lastName !== undefined) this.lastName = lastName
    if (username !== undefined) this.username = username
    if (phone !== undefined) this.phone = phone
    this.isSelf = fields.isSelf
    this.isBot = fields.isBot
    this.#raw = raw
    this.#inputPeer = inputPeer
  }

  /** The name of the TL value, for code that is given both forms. */
  get _(): 'user' {
    return 'user'
  }

  /** The TL value; undefined for a user of which only the id, or what the session remembers, is known. */
  get raw(): TlUser | undefined {
    return this.#raw
  }

  /** What raw calls take; undefined if the session has not seen enough of the user. */
  get inputPeer(): InputPeer | undefined {
    return this.#inputPeer
  }

  /** Ids become decimal strings. */
  toJSON(): object {
    return jsonOf({ ...this })
  }
}

/** Fields of a user. */
export interface UserFields {
  readonly id: bigint
  readonly firstName: string
  readonly lastName: string | undefined
  readonly username: string | undefined
  readonly phone: string | undefined
  readonly isSelf: boolean
  readonly isBot: boolean
}

/** A basic group, a supergroup or a channel. Prints and serialises without `raw`. */
export class Group {
  readonly kind: 'group' | 'supergroup' | 'channel'
  /** Negative, as bots know it. */
  readonly id: bigint
  readonly title: string
  /** Without the `@`. */
  declare readonly username?: string
  readonly #raw: TlChat | undefined
  readonly #inputPeer: InputPeer | undefined

  constructor(
    fields: Pick<Group, 'kind' | 'id' | 'title'> & { readonly username: string | undefined },
    raw: TlChat | undefined,
    inputPeer: InputPeer | undefined,
  ) {
    this.kind = fields.kind
    this.id = fields.id
    this.title = fields.title
    if (fields.username !== undefined) this.username = fields.username
    this.#raw = raw
    this.#inputPeer = inputPeer
  }

  /** The TL value; undefined for a chat of which only the id, or what the session remembers, is known. */
  get raw(): TlChat | undefined {
    return this.#raw
  }

  /** What raw calls take; undefined if the session has not seen enough of the chat. */
  get inputPeer(): InputPeer | undefined {
    return this.#inputPeer
  }

  /** Ids become decimal strings. */
  toJSON(): object {
    return jsonOf({ ...this })
  }
}

/** Somebody or something that messages are written to, or come from. `kind` tells them apart. */
export type Chat = User | Group

/** A user of an answer. */
export function userOf(user: TlUser): User {
  if (user._ === 'userEmpty') return unknownUser(user.id)
  const { id, accessHash, firstName = '', lastName, username, usernames = [], phone } = user
  const fields = {
    id,
    firstName,
    lastName,
    username: username ?? usernames.find(({ active }) => active)?.username,
    phone,
    isSelf: user.self === true,
    isBot: user.bot === true,
  }
  return new User(fields, user, inputPeerFor(id, user.min ? undefined : accessHash, fields.isSelf))
}

/** A chat of an answer; undefined for an empty one. */
export function groupOf(chat: TlChat): Group | undefined {
  switch (chat._) {
    case 'chat':
    case 'chatForbidden': {
      const fields = { kind: 'group', id: -chat.id, title: chat.title, username: undefined } as const
      return new Group(fields, chat, inputPeerFor(-chat.id, undefined, false))
    }
    case 'channel':
    case 'channelForbidden': {
      const id = idOfPeer({ _: 'peerChannel', channelId: chat.id })
      const kind = chat.megagroup === true ? 'supergroup' : 'channel'
      const isWhole = chat._ === 'channelForbidden' || chat.min !== true
      const fields = { kind, id, title: chat.title, username: usernameOf(chat) } as const
      return new Group(fields, chat, inputPeerFor(id, isWhole ? chat.accessHash : undefined, false))
    }
    default:
      return undefined
  }
}

/** What the session remembers of a peer, as a view without `raw`. */
export function chatOfRecord(record: PeerRecord, selfId: bigint | undefined): Chat {
  const { id, accessHash, title, lastName, usernames, phone, isGroup, isBot } = record
  const username = usernames[0]
  const inputPeer = inputPeerFor(id, accessHash, id === selfId)
  if (id < 0n) {
    const kind = isBasicGroup(id) ? 'group' : isGroup ? 'supergroup' : 'channel'
    return new Group({ kind, id, title, username }, undefined, inputPeer)
  }
  const fields = { id, firstName: title, lastName, username, phone, isSelf: id === selfId, isBot }
  return new User(fields, undefined, inputPeer)
}

/** A peer of which nothing but the id is known. */
export function unknownChat(id: bigint, selfId: bigint | undefined): Chat {
  const nothing = { accessHash: undefined, lastName: undefined, phone: undefined, seenIn: undefined }
  return chatOfRecord({ ...nothing, id, title: '', usernames: [], isGroup: true, isBot: false }, selfId)
}

/** Finds the view of a peer by its id. */
export type FindChat = (id: bigint) => Chat

/** The chats that an answer names; others as the book remembers them. */
export function chatsIn(
  { users, chats }: { readonly users: readonly TlUser[]; readonly chats: readonly TlChat[] },
  book: { recent(id: bigint): PeerRecord | undefined; readonly selfId: bigint | undefined },
): FindChat {
  const views = new Map<bigint, Chat>()
  for (const user of users) views.set(user.id, userOf(user))
  for (const view of chats.map(groupOf)) if (view) views.set(view.id, view)
  return (id) => {
    const record = book.recent(id)
    return views.get(id) ?? (record ? chatOfRecord(record, book.selfId) : unknownChat(id, book.selfId))
  }
}

/** The way to name a peer in a call; undefined where its access hash is not known. */
export function inputPeerFor(
  id: bigint,
  accessHash: bigint | undefined,
  isSelf: boolean,
): InputPeer | undefined {
  if (isSelf) return { _: 'inputPeerSelf' }
  const peer = peerOfId(id)
  if (peer?._ === 'peerChat') return { _: 'inputPeerChat', chatId: peer.chatId }
  if (peer === undefined || accessHash === undefined) return undefined
  return peer._ === 'peerUser'
    ? { _: 'inputPeerUser', userId: peer.userId, accessHash }
    : { _: 'inputPeerChannel', channelId: peer.channelId, accessHash }
}

function unknownUser(id: bigint): User {
  const none = { lastName: undefined, username: undefined, phone: undefined }
  return new User({ ...none, id, firstName: '', isSelf: false, isBot: false }, undefined, undefined)
}

function usernameOf(chat: Extract<TlChat, { _: 'channel' | 'channelForbidden' }>): string | undefined {
  if (chat._ === 'channelForbidden') return undefined
  return chat.username ?? chat.usernames?.find(({ active }) => active)?.username
}

function isBasicGroup(id: bigint): boolean {
  return peerOfId(id)?._ === 'peerChat'
}
