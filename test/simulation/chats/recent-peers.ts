import type { Chat, Peer, User } from '@cablegram/tl/api'
import type { KnownPeers } from '../../../packages/client/src/updates/engine.ts'

/** Users and chats that are remembered, each; those that were not named for longest are forgotten. */
const MAX_PEERS = 5_000

interface Lists {
  readonly users?: readonly User[]
  readonly chats?: readonly Chat[]
}

/** The users and chats that updates and answers have described lately. */
export class RecentPeers implements KnownPeers {
  readonly #users = new Map<bigint, User>()
  readonly #chats = new Map<bigint, Chat>()

  remember(answer: object): void {
    const { users = [], chats = [] } = answer as Lists
    for (const user of users) keep(this.#users, user)
    for (const chat of chats) keep(this.#chats, chat)
  }

  knows(peers: readonly Peer[]): boolean {
    return peers.every((peer) => {
      if (peer._ === 'peerUser') return this.#users.has(peer.userId)
      return this.#chats.has(peer._ === 'peerChat' ? peer.chatId : peer.channelId)
    })
  }

  /** The access hash of a channel, if one that is good was told. */
  async accessHashOf(channelId: bigint): Promise<bigint | undefined> {
    const chat = this.#chats.get(channelId)
    if (chat?._ === 'channelForbidden') return chat.accessHash
    return chat?._ === 'channel' && chat.min !== true ? chat.accessHash : undefined
  }
}

/** A description that says less does not replace a whole one. */
function keep<Value extends User | Chat>(known: Map<bigint, Value>, value: Value): void {
  const before = known.get(value.id)
  const isLess = before !== undefined && 'min' in value && value.min === true
  known.delete(value.id)
  known.set(value.id, isLess ? before : value)
  if (known.size <= MAX_PEERS) return
  const oldest = known.keys().next()
  if (!oldest.done) known.delete(oldest.value)
}
