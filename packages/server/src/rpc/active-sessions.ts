import type { ConnectionId, SessionRef } from '@cablegram/mtproto'

const MAX_KEYS = 100_000
/**
 * A client that starts anew begins another session under its key; few run more than two at once. Some begin one for every
 * file, which says where it comes from like any other, and leave it when they have the file.
 */
const MAX_SESSIONS_OF_KEY = 8

/** A session that wants updates, and the layer that they are written in. */
export interface Subscriber {
  readonly session: SessionRef
  readonly layer: number
  /** The connection of its last call; undefined: unknown. */
  readonly connection?: ConnectionId | undefined
}

/** A key of this node. */
interface SubscribedKey {
  /** The sessions in which it was last active, the longest inactive first. */
  readonly sessions: readonly Subscriber[]
  /** Undefined while nobody is known to be signed in on it. */
  readonly userId: bigint | undefined
}

/** A call by a key. */
export interface KeyUse extends Subscriber {
  readonly authKeyId: bigint
  readonly userId: bigint | undefined
}

/** The sessions of this node in which each key was last active. */
export class ActiveSessions {
  /** The longest inactive first. */
  readonly #keys = new Map<bigint, SubscribedKey>()
  readonly #keysOfUser = new Map<bigint, Set<bigint>>()
  readonly #onLeft: (userId: bigint) => void
  readonly #isOpen: (connection: ConnectionId) => boolean

  /**
   * @param onLeft told of an account that has no keys here any more
   * @param isOpen tells whether a connection has not closed yet
   */
  constructor(onLeft: (userId: bigint) => void, isOpen: (connection: ConnectionId) => boolean) {
    this.#onLeft = onLeft
    this.#isOpen = isOpen
  }

  /** The number of keys. */
  get size(): number {
    return this.#keys.size
  }

  /** Notes that a key has called something. */
  note({ authKeyId, session, layer, connection, userId }: KeyUse): void {
    const known = this.#keys.get(authKeyId)
    const others = (known?.sessions ?? []).filter((each) => !isSame(each.session, session))
    const sessions = this.#withinLimit([...others, { session, layer, connection }])
    this.#put(authKeyId, { sessions, userId })
    const [oldest] = this.#keys.size > MAX_KEYS ? this.#keys.keys() : []
    if (oldest !== undefined) this.#drop(oldest)
  }

  /** Notes that somebody has signed in on a key, which has called nothing since. */
  belongs(authKeyId: bigint, userId: bigint): void {
    const known = this.#keys.get(authKeyId)
    if (known !== undefined && known.userId !== userId) this.#put(authKeyId, { ...known, userId })
  }

  /** Notes that nobody is signed in on a key any more. */
  left(authKeyId: bigint): void {
    const known = this.#keys.get(authKeyId)
    if (known !== undefined) this.#put(authKeyId, { ...known, userId: undefined })
  }

  has(authKeyId: bigint): boolean {
    return this.#keys.has(authKeyId)
  }

  /** The account that is signed in on a key of this node, as far as is known. */
  userOf(authKeyId: bigint): bigint | undefined {
    return this.#keys.get(authKeyId)?.userId
  }

  /** The accounts that have keys here. */
  get userIds(): bigint[] {
    return [...this.#keysOfUser.keys()]
  }

  /** Tells whether an account has keys here. */
  hasUser(userId: bigint): boolean {
    return this.#keysOfUser.has(userId)
  }

  /** The keys of this node that were signed in to an account when they were active last. */
  keysHere(userId: bigint): bigint[] {
    return [...(this.#keysOfUser.get(userId) ?? [])]
  }

  /** The keys of this node that are signed in to an account now. */
  keysOf(userId: bigint, logins: readonly { readonly authKeyId: bigint }[]): bigint[] {
    const here = this.#keysOfUser.get(userId)
    return logins.map(({ authKeyId }) => authKeyId).filter((authKeyId) => here?.has(authKeyId))
  }

  /** The sessions of a key that want updates. */
  of(authKeyId: bigint): readonly Subscriber[] {
    return this.#keys.get(authKeyId)?.sessions ?? []
  }

  /** The first to go is one whose connection has closed: a client may only listen, and never call again. */
  #withinLimit(sessions: readonly Subscriber[]): readonly Subscriber[] {
    if (sessions.length <= MAX_SESSIONS_OF_KEY) return sessions
    const left = sessions.findIndex(({ connection }) => connection !== undefined && !this.#isOpen(connection))
    return sessions.toSpliced(Math.max(left, 0), 1)
  }

  #put(authKeyId: bigint, key: SubscribedKey): void {
    const known = this.#keys.get(authKeyId)
    // At the end of the map, as the key that was active last.
    if (known !== undefined && known.userId === key.userId) this.#keys.delete(authKeyId)
    else this.#drop(authKeyId)
    this.#keys.set(authKeyId, key)
    if (key.userId === undefined) return
    const ofUser = this.#keysOfUser.get(key.userId) ?? new Set()
    this.#keysOfUser.set(key.userId, ofUser.add(authKeyId))
  }

  #drop(authKeyId: bigint): void {
    const userId = this.#keys.get(authKeyId)?.userId
    this.#keys.delete(authKeyId)
    if (userId === undefined) return
    const ofUser = this.#keysOfUser.get(userId)
    ofUser?.delete(authKeyId)
    if (ofUser?.size !== 0) return
    this.#keysOfUser.delete(userId)
    this.#onLeft(userId)
  }
}

/** Tells whether two references name one session. */
export function isSame(one: SessionRef, other: SessionRef): boolean {
  return one.sessionId === other.sessionId && one.authKeyId === other.authKeyId
}
