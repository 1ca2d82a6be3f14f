import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import type { Message, PeerId, Reaction, SeenReactions } from '../messages/words.ts'
import { accepted, refusal } from '../refusal.ts'
import {
  findReactions,
  findReactors,
  findUnreadReactions,
  type Reacting,
  type Reactor,
  react,
  readReactions,
} from './decide-reactions.ts'
import { knownReaction } from './reaction-emoji.ts'
import { actorOf, groundOf } from './send-message.ts'

/** Reactions that one person can have on a message. */
const MAX_OWN = 1
const MAX_IDS = 100
const MAX_PAGE = 100
/** Messages with unseen reactions that a chat is searched for. */
const MAX_UNREAD = 1000

/**
 * Replaces the caller's reactions to a message; none takes them back.
 *
 * @throws {RpcError} MESSAGE_ID_INVALID, MESSAGE_NOT_MODIFIED, REACTION_INVALID, REACTIONS_TOO_MANY,
 *   PREMIUM_ACCOUNT_REQUIRED, CHAT_WRITE_FORBIDDEN
 */
export async function setReactions(on: Ground, caller: Caller, asked: Reacting): Promise<SeenReactions> {
  if (asked.reactions.length > MAX_OWN) throw refusal('REACTIONS_TOO_MANY')
  const reactions = asked.reactions.map(requireReaction)
  const ground = groundOf(on, caller)
  return accepted(await on.store.decide(() => react(ground, { ...asked, reactions }))).reactions
}

/** @throws {RpcError} REACTION_INVALID, PREMIUM_ACCOUNT_REQUIRED */
function requireReaction(reaction: Reaction): Reaction {
  // Nobody here has Premium, which reactions with pictures of one's own are for.
  if (reaction.startsWith('#')) throw refusal('PREMIUM_ACCOUNT_REQUIRED')
  const known = knownReaction(reaction)
  if (known === undefined) throw refusal('REACTION_INVALID')
  return known
}

/** The reactions to messages of a chat, by message. @throws {RpcError} LIMIT_INVALID */
export async function reactionsTo(
  { store }: Ground,
  caller: Caller,
  peerId: PeerId,
  ids: readonly number[],
): Promise<ReadonlyMap<number, SeenReactions>> {
  if (ids.length > MAX_IDS) throw refusal('LIMIT_INVALID')
  const { userId } = actorOf(caller)
  return await store.look(() => findReactions(store.secret, userId, peerId, ids))
}

/** A query for those who reacted to a message. */
export interface ReactionsQuery {
  readonly peerId: PeerId
  readonly id: number
  readonly reaction: Reaction | undefined
  /** Of the page before; empty: the first page. */
  readonly offset: string
  readonly limit: number
}

/** Those who reacted, the last ones first. */
export interface ReactorsPage {
  readonly reactors: readonly Reactor[]
  readonly count: number
  /** The offset of the next page; undefined: there is none. */
  readonly nextOffset: string | undefined
}

/** Lists who reacted to a message, and how. @throws {RpcError} MSG_ID_INVALID */
export async function listReactors(
  { store }: Ground,
  caller: Caller,
  query: ReactionsQuery,
): Promise<ReactorsPage> {
  const { userId } = actorOf(caller)
  const limit = Math.min(MAX_PAGE, Math.max(1, query.limit))
  const skipped = /^\d{1,9}$/.test(query.offset) ? Number(query.offset) : 0
  const found = await store.look(() => findReactors({ ...query, userId, skipped, limit }))
  if (found === undefined) throw refusal('MSG_ID_INVALID')
  const next = skipped + found.reactors.length
  return { ...found, nextOffset: next < found.count && next > skipped ? String(next) : undefined }
}

/** A query for messages with reactions that the caller has not seen. */
export interface UnreadQuery {
  readonly peerId: PeerId
  readonly offsetId: number
  readonly addOffset: number
  readonly limit: number
  readonly maxId: number
  readonly minId: number
}

/** A stretch of those messages, and the number of all of them. */
export interface UnreadReactions {
  readonly messages: readonly Message[]
  readonly count: number
}

/** The caller's messages in a chat with reactions that the caller has not seen, newest first. */
export async function unreadReactions(
  { store }: Ground,
  caller: Caller,
  query: UnreadQuery,
): Promise<UnreadReactions> {
  const { userId } = actorOf(caller)
  const all = await store.look(() => findUnreadReactions(store.secret, userId, query.peerId, MAX_UNREAD))
  return stretchOf(all, query)
}

/** A stretch of messages that are newest first. */
export function stretchOf(
  all: readonly Message[],
  { offsetId, addOffset, limit, maxId, minId }: Omit<UnreadQuery, 'peerId'>,
): UnreadReactions {
  const passed = offsetId === 0 ? 0 : all.filter(({ id }) => id >= offsetId).length
  const from = passed + addOffset
  const atOnce = Math.min(MAX_PAGE, Math.max(0, limit))
  const stretch = all.slice(Math.max(0, from), Math.max(0, from + atOnce))
  const messages = stretch.filter(({ id }) => (maxId === 0 || id < maxId) && id > minId)
  return { messages, count: all.length }
}

/** Marks the reactions in a chat as seen. */
export async function seeAllReactions(
  on: Ground,
  caller: Caller,
  peerId: PeerId,
): Promise<{ readonly pts: number; readonly ptsCount: number }> {
  const ground = groundOf(on, caller)
  return await on.store.decide(() => readReactions(ground, peerId))
}
