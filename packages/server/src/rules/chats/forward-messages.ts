import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { HIDDEN_AUTHOR_ID } from '../accounts/decide-account-ids.ts'
import { findGroup } from '../groups/decide-group.ts'
import { findStored } from '../messages/decide-history.ts'
import type { BoxEvent, Forward, MessageContent, PeerId, StoredMessage } from '../messages/words.ts'
import { accepted, isRefused, type Refused, refusal, refused } from '../refusal.ts'
import { findBar, findBarOfAll, openChat } from './decide-open-chat.ts'
import { chargeSending, findSpentSending } from './decide-send-budgets.ts'
import { type ReplyTo, repeated, type Writing, type WritingGround, writeIn } from './decide-write.ts'
import { findHiddenNames } from './hidden-names.ts'
import { groundOf, isBot } from './send-message.ts'

/** Messages to forward from one chat to another. */
export interface Forwarding {
  readonly fromPeerId: PeerId
  readonly toPeerId: PeerId
  /** In the order in which they are to come. */
  readonly ids: readonly number[]
  /** One for each. */
  readonly randomIds: readonly bigint[]
  /** The message of the other chat that the copies reply to. */
  readonly replyTo?: ReplyTo | undefined
  /** The copies do not say where they come from. */
  readonly dropsAuthor: boolean
  readonly isSilent: boolean
  readonly isProtected: boolean
}

/** Messages in the forwarder's box, in the order asked for. */
export interface Forwarded {
  readonly kind: 'forwarded'
  readonly events: readonly BoxEvent[]
}

/** The names of authors whose privacy hides who they are; the others may be linked to. */
export type HiddenNames = ReadonlyMap<bigint, string>

const MAX_IDS = 100

/**
 * Forwards messages, all or none. Those that are gone, or that cannot be forwarded, are skipped.
 *
 * @throws {RpcError} MESSAGE_IDS_EMPTY, LIMIT_INVALID, RANDOM_ID_INVALID, RANDOM_ID_DUPLICATE, MESSAGE_ID_INVALID,
 *   CHAT_FORWARDS_RESTRICTED, and those of writing in the other chat
 */
export async function forwardMessages(on: Ground, caller: Caller, asked: Forwarding): Promise<Forwarded> {
  const { ground, given } = await checkForwarding(on, caller, asked)
  return accepted(await on.store.decide(() => decideForward(ground, asked, given)))
}

/** The parts that messages are forwarded with. */
export interface CheckedForwarding {
  readonly ground: WritingGround
  readonly given: CopyingGround
}

/** The parts that copies of messages are made with. */
export interface CopyingGround {
  readonly hidden: HiddenNames
  /** The album that copies of the first album belong to; the next ones follow. */
  readonly firstGroupedId: bigint
}

/** Checks what is to be forwarded. @throws {RpcError} MESSAGE_IDS_EMPTY, LIMIT_INVALID, RANDOM_ID_INVALID, RANDOM_ID_DUPLICATE */
export async function checkForwarding(
  on: Ground,
  caller: Caller,
  asked: Forwarding,
): Promise<CheckedForwarding> {
  checkIds(asked)
  const ground = groundOf(on, caller)
  const forwarder = { userId: ground.actor.userId, isBot: isBot(caller) }
  const hidden = await on.store.look(function* () {
    const sources = yield* findSources(ground, asked)
    return yield* findHiddenNames(
      forwarder,
      sources.map(({ fromId }) => fromId),
    )
  })
  return { ground, given: { hidden, firstGroupedId: randomLong(on.random) } }
}

function checkIds({ ids, randomIds }: Forwarding): void {
  if (ids.length === 0) throw refusal('MESSAGE_IDS_EMPTY')
  if (ids.length > MAX_IDS) throw refusal('LIMIT_INVALID')
  if (randomIds.length !== ids.length || randomIds.includes(0n)) throw refusal('RANDOM_ID_INVALID')
  if (new Set(randomIds).size < randomIds.length) throw refusal('RANDOM_ID_DUPLICATE')
}

function* findSources(
  { secret, actor }: WritingGround,
  { fromPeerId, ids }: Forwarding,
): Decision<StoredMessage[]> {
  const found = yield* findStored(secret, actor.userId, ids)
  return found.filter(({ peerId, action }) => peerId === fromPeerId && action === undefined)
}

function* decideForward(
  on: WritingGround,
  asked: Forwarding,
  given: CopyingGround,
): Decision<Forwarded | Refused> {
  const { settings, actor } = on
  const chat = yield* openChat(settings, actor.userId, asked.toPeerId)
  if (isRefused(chat)) return chat
  const copies = yield* findCopies(on, asked, given)
  if (isRefused(copies)) return (yield* findBar(chat, actor.userId)) ?? copies
  const contents = copies.map(({ content }) => content)
  const bar = yield* findBarOfAll(chat, actor.userId, contents)
  if (bar !== undefined) return bar
  const sending = { peerId: asked.toPeerId, times: copies.length }
  const spent = yield* findSpentSending(on, sending)
  if (spent !== undefined && !(yield* wereSent(on, copies))) return spent
  const events: BoxEvent[] = []
  let times = 0
  for (const writing of copies) {
    const written = yield* writeIn(on, chat, writing, undefined)
    if (isRefused(written)) return written
    events.push(written.event, ...written.others)
    if (written.isNew) times++
  }
  yield* chargeSending(on, { ...sending, times })
  return { kind: 'forwarded', events }
}

/** Tells whether all of these came before. */
function* wereSent(on: WritingGround, writings: readonly Writing[]): Decision<boolean> {
  for (const writing of writings) if ((yield* repeated(on, writing)) === undefined) return false
  return true
}

/** The copies of messages that are there and may be forwarded, at least one. */
export function* findCopies(
  on: WritingGround,
  asked: Forwarding,
  { hidden, firstGroupedId }: CopyingGround,
): Decision<Writing[] | Refused> {
  const sources = new Map((yield* findSources(on, asked)).map((source) => [source.id, source]))
  if (yield* isProtected(asked.fromPeerId, [...sources.values()])) return refused('CHAT_FORWARDS_RESTRICTED')
  const albums = albumsOf([...sources.values()], firstGroupedId)
  const copies = asked.ids.flatMap((id, index) => {
    const [source, randomId] = [sources.get(id), asked.randomIds[index]]
    if (source === undefined || randomId === undefined) return []
    return copyOf(source, { asked, randomId, userId: on.actor.userId, hidden, albums })
  })
  return copies.length > 0 ? copies : refused('MESSAGE_ID_INVALID')
}

/** Tells whether the chat, or one of the messages, forbids to be forwarded. */
function* isProtected(fromPeerId: PeerId, sources: readonly StoredMessage[]): Decision<boolean> {
  if (sources.some((source) => source.isProtected === true)) return true
  return fromPeerId < 0n && (yield* findGroup(-fromPeerId))?.isProtected === true
}

interface Copying {
  readonly asked: Forwarding
  readonly randomId: bigint
  readonly userId: bigint
  readonly hidden: HiddenNames
  readonly albums: Albums
}

/** The albums of copies, by those of the messages that they are made of. */
type Albums = ReadonlyMap<bigint, bigint>

/** An album of which several messages are copied stays one; of a single one, nothing is left. */
function albumsOf(sources: readonly StoredMessage[], firstGroupedId: bigint): Albums {
  const counts = new Map<bigint, number>()
  for (const { groupedId } of sources) {
    if (groupedId !== undefined) counts.set(groupedId, (counts.get(groupedId) ?? 0) + 1)
  }
  const together = [...counts].filter(([, count]) => count > 1)
  return new Map(together.map(([id], index) => [id, BigInt.asUintN(63, firstGroupedId + BigInt(index))]))
}

/** A copy has what was said, the reply that was asked for, no buttons and no marks of its own. */
function copyOf(source: StoredMessage, { asked, randomId, userId, hidden, albums }: Copying): Writing {
  const { text, entities, media, viaBotId } = source
  const groupedId = source.groupedId === undefined ? undefined : albums.get(source.groupedId)
  const isSaved = asked.toPeerId === userId
  const forward = asked.dropsAuthor ? undefined : originOf(source, hidden)
  const savedFrom = { peerId: source.peerId, id: source.id }
  // The chat with somebody who hides who they are would give them away.
  const isHidden = source.peerId > 0n && hidden.has(source.fromId)
  const content: MessageContent = {
    text,
    entities,
    ...(media !== undefined && { media }),
    ...(groupedId !== undefined && { groupedId }),
    ...(viaBotId !== undefined && { viaBotId }),
    ...(forward !== undefined && { forward: isSaved && !isHidden ? { ...forward, savedFrom } : forward }),
    ...(asked.isSilent && { isSilent: true }),
    ...(asked.isProtected && { isProtected: true }),
  }
  const savedFromId = isHidden ? HIDDEN_AUTHOR_ID : source.peerId
  const savedPeerId = isSaved && forward !== undefined ? savedFromId : undefined
  return { peerId: asked.toPeerId, content, randomId, savedPeerId, replyTo: asked.replyTo }
}

/** The origin of a copy of a copy is that of the first. */
function originOf(source: StoredMessage, hidden: HiddenNames): Forward {
  if (source.forward !== undefined) {
    const { savedFrom: _, ...first } = source.forward
    return first
  }
  const fromName = hidden.get(source.fromId)
  return fromName === undefined
    ? { fromId: source.fromId, dateS: source.dateS }
    : { fromName, dateS: source.dateS }
}
