import type { ChannelParticipant, ChatParticipant } from '@cablegram/tl/api'
import { checkOptions } from '../check-options.ts'
import type { CallOptions } from '../options.ts'
import { PeerError } from '../peers/errors.ts'
import { idOfPeer } from '../peers/ids.ts'
import { jsonOf } from '../peers/json.ts'
import { asInputChannel, type FoundPeer, findPeer, type PeerLike, usePeer } from '../peers/resolve.ts'
import { chatsIn, type FindChat, User } from '../peers/views.ts'
import { LIST_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { repeatable } from './sending.ts'

/** Members in one call. */
const PAGE = 200

/** Options of a list of members. */
export interface MembersOptions extends Pick<CallOptions, 'signal' | 'timeoutMs'> {
  /** At most so many members. Default: all that the server tells. */
  readonly limit?: number | undefined
}

/** A member of a group or channel. Prints and serialises without `raw`. */
export class Member {
  readonly user: User
  readonly role: 'creator' | 'admin' | 'member'
  /** Unix seconds; not for creators. */
  declare readonly joinedAtS?: number
  /** A word beside the name. */
  declare readonly rank?: string
  readonly #raw: ChatParticipant | ChannelParticipant

  constructor(raw: ChatParticipant | ChannelParticipant, user: User) {
    this.user = user
    this.role = roleOf(raw)
    if ('date' in raw && raw.date !== undefined) this.joinedAtS = raw.date
    if ('rank' in raw && raw.rank !== undefined) this.rank = raw.rank
    this.#raw = raw
  }

  /** The id of the user. */
  get id(): bigint {
    return this.user.id
  }

  /** The TL value. */
  get raw(): ChatParticipant | ChannelParticipant {
    return this.#raw
  }

  /** Ids become decimal strings. */
  toJSON(): object {
    return jsonOf({ ...this })
  }
}

/**
 * The members of a group or channel. Pages of a supergroup are read as the loop goes on.
 *
 * @throws PeerError PEER_INVALID for a user; UsageError OPTION_INVALID; RpcError such as CHAT_ADMIN_REQUIRED
 *
 * @example
 * ```ts
 * import { members, type TelegramClient } from '@cablegram/client'
 *
 * export async function admins(client: TelegramClient, groupId: bigint): Promise<string[]> {
 *   const names: string[] = []
 *   for await (const { user, role } of members(client, groupId)) {
 *     if (role !== 'member') names.push(user.title)
 *   }
 *   return names
 * }
 * ```
 */
export async function* members(
  client: MethodClient,
  peer: PeerLike,
  options: MembersOptions = {},
): AsyncGenerator<Member, void, undefined> {
  checkOptions(options, LIST_CHECKS, 'of members')
  const { inputPeer, chat } = await findPeer(client, peer)
  const { limit = Number.POSITIVE_INFINITY } = options
  if (asInputChannel(inputPeer)) yield* channelMembers(client, peer, limit, options)
  else if (inputPeer._ === 'inputPeerChat') {
    const all = await groupMembers(client, inputPeer.chatId, options)
    for (const member of all.slice(0, limit)) {
      options.signal?.throwIfAborted()
      yield member
    }
  } else
    throw new PeerError('PEER_INVALID', `${chat.title} is a user, and only groups and channels have members.`)
}

async function groupMembers(
  client: MethodClient,
  chatId: bigint,
  options: MembersOptions,
): Promise<Member[]> {
  const answer = await client.call('messages.getFullChat', { chatId }, repeatable(options))
  const { fullChat } = answer
  const isKnown = fullChat._ === 'chatFull' && fullChat.participants._ === 'chatParticipants'
  if (!isKnown) return []
  const { participants } = fullChat.participants as Extract<
    typeof fullChat.participants,
    { _: 'chatParticipants' }
  >
  return viewsOf(participants, chatsIn(answer, client.peers))
}

async function* channelMembers(
  client: MethodClient,
  peer: PeerLike,
  limit: number,
  options: MembersOptions,
): AsyncGenerator<Member, void, undefined> {
  const filter = { _: 'channelParticipantsRecent' } as const
  const seen = new Set<bigint>()
  let offset = 0
  const read = async ({ inputPeer, chat }: FoundPeer) => {
    const channel = asInputChannel(inputPeer)
    if (!channel)
      throw new PeerError('PEER_INVALID', `${chat.title} is not a supergroup or channel any more.`)
    const params = { channel, filter, offset, limit: Math.min(PAGE, limit - seen.size), hash: 0n }
    return await client.call('channels.getParticipants', params, repeatable(options))
  }
  while (seen.size < limit) {
    const answer = await usePeer(client, peer, read)
    if (answer._ === 'channels.channelParticipantsNotModified' || answer.participants.length === 0) return
    offset += answer.participants.length
    for (const member of viewsOf(answer.participants, chatsIn(answer, client.peers))) {
      if (seen.has(member.user.id)) continue
      options.signal?.throwIfAborted()
      seen.add(member.user.id)
      yield member
      if (seen.size >= limit) return
    }
    if (offset >= answer.count) return
  }
}

function viewsOf(
  participants: readonly (ChatParticipant | ChannelParticipant)[],
  findChat: FindChat,
): Member[] {
  return participants.flatMap((raw) => {
    const user = findChat('peer' in raw ? idOfPeer(raw.peer) : raw.userId)
    const isGone = raw._ === 'channelParticipantBanned' || raw._ === 'channelParticipantLeft'
    return user instanceof User && !isGone ? [new Member(raw, user)] : []
  })
}

function roleOf({ _: kind }: ChatParticipant | ChannelParticipant): Member['role'] {
  if (kind.endsWith('Creator')) return 'creator'
  return kind.endsWith('Admin') ? 'admin' : 'member'
}
