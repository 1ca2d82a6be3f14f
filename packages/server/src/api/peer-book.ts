import type { Chat, User as TlUser } from '@cablegram/tl/api'
import type { Ground } from '../ground/ground.ts'
import { requireUserId } from '../rules/accounts/keys.ts'
import { seePeers } from '../rules/avatars/see-peers.ts'
import { CHANNELS_BELOW, type Message, type PeerId } from '../rules/messages/words.ts'
import type { HandlerContext } from './handler.ts'
import { peersIn } from './peers.ts'
import { tlGroup } from './tl-chats.ts'
import { tlPerson } from './tl-people.ts'

/** The people and groups that an answer or an update names, as the viewer sees them. */
export interface PeerLists {
  readonly users: TlUser[]
  readonly chats: Chat[]
}

/**
 * Notes every peer that an answer or an update names, while words become TL, and then looks them all up at once. Clients
 * take an update with a peer that they do not know for a gap.
 */
export class PeerBook {
  readonly #on: Pick<Ground, 'store' | 'clock'>
  readonly #viewerId: bigint
  readonly #nowS: number
  readonly #noted = new Set<PeerId>()

  /** @param nowS on the wall clock */
  constructor(on: Pick<Ground, 'store' | 'clock'>, viewerId: bigint, nowS: number) {
    this.#on = on
    this.#viewerId = viewerId
    this.#nowS = nowS
  }

  /** Notes peers. */
  add(...peerIds: readonly PeerId[]): void {
    for (const peerId of peerIds) this.#noted.add(peerId)
  }

  /** Notes every peer that messages name. */
  addMessages(messages: readonly Message[]): void {
    for (const message of messages) for (const peerId of peersIn(message)) this.#noted.add(peerId)
  }

  /** The users and chats that were noted. */
  async lists(): Promise<PeerLists> {
    const viewer = { on: this.#on, viewerId: this.#viewerId, nowS: this.#nowS }
    const userIds = [...this.#noted].filter((peerId) => peerId > 0n)
    const chatIds = [...this.#noted].filter((peerId) => peerId < 0n && peerId > CHANNELS_BELOW)
    const { people, groups } = await seePeers(this.#on, this.#viewerId, {
      userIds,
      chatIds: chatIds.map((peerId) => -peerId),
    })
    return {
      users: people.map((person) => tlPerson(person, viewer)),
      chats: groups.map((group) => tlGroup(group, this.#nowS)),
    }
  }
}

/** A book for an answer to the caller. */
export function peerBook({ on, caller, nowS }: HandlerContext): PeerBook {
  return new PeerBook(on, requireUserId(caller.state), nowS)
}

/** Users as the caller sees them, in this order. */
export async function seenUsers(
  ids: readonly bigint[],
  { on, caller, nowS }: HandlerContext,
): Promise<TlUser[]> {
  const viewerId = requireUserId(caller.state)
  const { people } = await seePeers(on, viewerId, { userIds: ids })
  return people.map((person) => tlPerson(person, { on, viewerId, nowS }))
}

/** Groups as the caller sees them, in this order. */
export async function seenChats(
  ids: readonly bigint[],
  { on, caller, nowS }: HandlerContext,
): Promise<Chat[]> {
  const { groups } = await seePeers(on, requireUserId(caller.state), { chatIds: ids })
  return groups.map((group) => tlGroup(group, nowS))
}
