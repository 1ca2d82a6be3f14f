/** Everything that random operations know and note: the sessions, the chats that there are, and what was acknowledged. */
import type { Rng } from '@cablegram/mtproto/testing'
import type { InputPeer, InputUser } from '@cablegram/tl/api'
import { accessHashOf } from '../../../packages/server/src/api/access-hash.ts'
import { int, long, type Row } from '../../../packages/server/src/database/columns.ts'
import { sql } from '../../../packages/server/src/database/decision.ts'
import { idList, LISTED_IDS } from '../../../packages/server/src/database/id-list.ts'
import type { Session } from './session.ts'
import type { ChatWorld } from './world.ts'

const bodiesOf = sql`SELECT body_id FROM messages WHERE box_id = :boxId AND id IN ${LISTED_IDS}`
const statesIn = sql`
  SELECT m.id, m.is_pinned, b.edited_at_s, (SELECT count(*) FROM reactions r WHERE r.body_id = m.body_id) AS n
  FROM messages m JOIN bodies b ON b.body_id = m.body_id WHERE m.box_id = :boxId AND m.peer_id = :peerId`
const noteIn = sql`SELECT id FROM messages WHERE box_id = :boxId AND body_id = :bodyId`
const bodiesIn = sql`
  SELECT body_id FROM messages
  WHERE peer_id = :groupId OR (box_id = :boxId AND peer_id = :otherId) OR (box_id = :otherId AND peer_id = :boxId)`

/** Somebody came to a group, or went, with this message. */
export interface Move {
  readonly chatId: bigint
  readonly userId: bigint
  readonly kind: 'in' | 'out'
  readonly bodyId: bigint
  /** The message's id in the box of who came or went. */
  readonly noteId: number
  /** The messages of the group in that box, when it was noted. */
  readonly left: ReadonlyMap<number, string>
}

/** A message that the server has acknowledged to its sender. */
export interface Acknowledged {
  readonly userId: bigint
  readonly randomId: bigint
  readonly id: number
}

/** A text that was sent, for whoever sends it once more. */
export interface SentText {
  readonly userId: bigint
  readonly peer: InputPeer
  readonly randomId: bigint
  readonly message: string
}

/** The viewer for whom a peer is written. */
type Viewer = Pick<Session, 'userId'>

/** The scene of a simulation. */
export class Scene {
  readonly rng: Rng
  readonly chats: ChatWorld
  readonly sessions: readonly Session[]
  readonly groups: { readonly chatId: bigint; readonly creatorId: bigint }[] = []
  readonly links: string[] = []
  readonly sent: SentText[] = []
  readonly acknowledged: Acknowledged[] = []
  /** Bodies that somebody has taken from their own box alone. */
  readonly ownDeleted: Map<bigint, Set<bigint>> = new Map()
  readonly moves: Move[] = []
  /** Those who may have been away from a group, `chat user`. */
  readonly moved: Set<string> = new Set()
  /** Of operations by name: how many succeeded. */
  readonly done: Map<string, number> = new Map()
  #lastRandomId = 0n
  #lastText = 0

  /** One call at a time: their order is that of the seed, whatever the engine. */
  readonly isSerial: boolean

  constructor(rng: Rng, chats: ChatWorld, sessions: readonly Session[], isSerial = false) {
    this.isSerial = isSerial
    this.rng = rng
    this.chats = chats
    this.sessions = sessions
  }

  nextRandomId(): bigint {
    this.#lastRandomId += 1n
    return this.#lastRandomId
  }

  nextText(): string {
    this.#lastText += 1
    return `text ${this.#lastText}`
  }

  /** One of these, or nothing if there are none. */
  any<T>(values: readonly T[]): T | undefined {
    return values.length === 0 ? undefined : values[this.rng.between(0, values.length - 1)]
  }

  /** Somebody else. */
  otherThan({ userId }: Session): bigint {
    return this.any(this.chats.people.filter((person) => person.userId !== userId))?.userId ?? userId
  }

  /** A user as a session writes them. */
  user({ userId: viewerId }: Viewer, userId: bigint): InputUser {
    if (viewerId === userId) return { _: 'inputUserSelf' }
    return { _: 'inputUser', userId, accessHash: accessHashOf(this.chats.world.rules, viewerId, userId) }
  }

  /** A user as a peer, as a session writes them. */
  peer({ userId: viewerId }: Viewer, userId: bigint): InputPeer {
    if (viewerId === userId) return { _: 'inputPeerSelf' }
    return { _: 'inputPeerUser', userId, accessHash: accessHashOf(this.chats.world.rules, viewerId, userId) }
  }

  /** Somebody else, a group, or rarely Saved Messages. */
  anyPeer(session: Session): InputPeer {
    const group = this.any(this.groups)
    if (group !== undefined && this.rng.chance(0.55)) return { _: 'inputPeerChat', chatId: group.chatId }
    return this.peer(session, this.rng.chance(0.1) ? session.userId : this.otherThan(session))
  }

  /** The peer of a name that knowledge has. */
  peerNamed(session: Session, name: string): InputPeer | undefined {
    const [kind, id = '0'] = name.split(' ')
    if (kind === 'chat') return { _: 'inputPeerChat', chatId: BigInt(id) }
    const isPerson = this.chats.people.some(({ userId }) => userId === BigInt(id))
    return isPerson ? this.peer(session, BigInt(id)) : undefined
  }

  /** Notes that these messages may be missing in the box of a session from now on. */
  async noteOwnDeletion({ userId }: Session, ids: readonly number[]): Promise<void> {
    const which = { boxId: userId, ids: idList(ids) }
    this.#noteDeleted(userId, await this.chats.world.store.look(() => bodiesOf.rows(which)))
  }

  /** Notes that all messages that a chat has, in any box, may be missing in that of a session from now on. */
  async noteOwnClearing({ userId }: Session, name: string): Promise<void> {
    const [kind, id = '0'] = name.split(' ')
    const isGroup = kind === 'chat'
    const which = { boxId: userId, groupId: isGroup ? -BigInt(id) : 0n, otherId: isGroup ? 0n : BigInt(id) }
    this.#noteDeleted(userId, await this.chats.world.store.look(() => bodiesIn.rows(which)))
  }

  #noteDeleted(userId: bigint, rows: readonly Row[]): void {
    const deleted = this.ownDeleted.get(userId) ?? new Set()
    for (const row of rows) deleted.add(long(row, 'body_id'))
    this.ownDeleted.set(userId, deleted)
  }

  /** The id that a box has a body under; undefined if it has none. */
  async idOf(boxId: bigint, bodyId: bigint): Promise<number | undefined> {
    const row = await this.chats.world.store.look(() => noteIn.row({ boxId, bodyId }))
    return row === undefined ? undefined : int(row, 'id')
  }

  /** Pins, edits and reactions of the messages of a group in somebody's box, by id. */
  async statesOf(userId: bigint, chatId: bigint): Promise<ReadonlyMap<number, string>> {
    const which = { boxId: userId, peerId: -chatId }
    return toStates(await this.chats.world.store.look(() => statesIn.rows(which)))
  }

  /** The body of a message; undefined if it is gone. */
  async bodyOf(userId: bigint, id: number): Promise<bigint | undefined> {
    const which = { boxId: userId, ids: idList([id]) }
    const [row] = await this.chats.world.store.look(() => bodiesOf.rows(which))
    return row === undefined ? undefined : long(row, 'body_id')
  }
}

function toStates(rows: readonly Row[]): ReadonlyMap<number, string> {
  return new Map(
    rows.map((row) => {
      const [isPinned, editedAtS, count] = [int(row, 'is_pinned'), int(row, 'edited_at_s'), int(row, 'n')]
      return [int(row, 'id'), `pinned ${isPinned}, edited ${editedAtS}, ${count} reactions`]
    }),
  )
}
