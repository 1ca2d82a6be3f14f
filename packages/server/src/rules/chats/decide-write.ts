import { long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { Settings } from '../../ground/settings.ts'
import { appendWithLeak, lockLeak } from '../codes/decide-leaking-messages.ts'
import type { Leak } from '../codes/words.ts'
import { dropDraft } from '../dialogs/decide-drafts.ts'
import { findStored } from '../messages/decide-history.ts'
import { findSent } from '../messages/decide-sent-messages.ts'
import type {
  BoxEvent,
  MessageContent,
  MessageToBoxes,
  NewMessage,
  NewMessageEvent,
  PeerId,
  StoredMessage,
} from '../messages/words.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import { type Actor, findBar, type OpenChat, openChat } from './decide-open-chat.ts'
import { chargeSending, findSpentSending } from './decide-send-budgets.ts'
import { boxesInSight } from './decide-sight.ts'
import { namedIn } from './text/named.ts'
import { findQuote, type Quote } from './text/quote.ts'

/** A message that somebody writes in a chat. */
export interface Writing {
  readonly peerId: PeerId
  readonly content: MessageContent
  readonly randomId: bigint
  readonly replyTo?: ReplyTo | undefined
  /** In Saved Messages, the chat there that it belongs to; undefined: the writer's own. */
  readonly savedPeerId?: PeerId | undefined
  readonly clearsDraft?: boolean | undefined
}

/** The message that somebody replies to, under its id in the writer's box. */
export interface ReplyTo {
  readonly id: number
  readonly quote?: Quote | undefined
}

/** A message that was written, and what else happened in the writer's box. */
export interface Written {
  readonly kind: 'written'
  readonly event: NewMessageEvent
  /** The message was deleted since, or a login code in it was called off. */
  readonly others: readonly BoxEvent[]
  /** False: the message came again. */
  readonly isNew: boolean
}

/** The parts that a decision to write is made with. */
export interface WritingGround {
  readonly secret: Secret
  readonly settings: Settings
  readonly nowS: number
  readonly actor: Actor
}

const findNamed = sql`SELECT peer_id FROM usernames WHERE name = :name`

/**
 * Writes a message in a chat: into the boxes of all who are there, once for each random id.
 *
 * @param leak login codes that it gives away
 */
export function* write(
  on: WritingGround,
  writing: Writing,
  leak: Leak | undefined,
): Decision<Written | Refused> {
  yield* lockLeak(leak)
  const chat = yield* openChat(on.settings, on.actor.userId, writing.peerId)
  if (isRefused(chat)) return chat
  const bar = yield* findBar(chat, on.actor.userId, writing.content.media)
  if (bar !== undefined) return (yield* repeated(on, writing)) ?? bar
  return yield* writeCounted(on, chat, writing, leak)
}

/** Writes in a chat that is open, where the writer may, as far as the budgets of messages have room. */
export function* writeCounted(
  on: WritingGround,
  chat: OpenChat,
  writing: Writing,
  leak?: Leak,
): Decision<Written | Refused> {
  const sending = { peerId: writing.peerId, times: 1 }
  const spent = yield* findSpentSending(on, sending)
  if (spent !== undefined) return (yield* repeated(on, writing)) ?? spent
  const written = yield* writeIn(on, chat, writing, leak)
  if (!isRefused(written) && written.isNew) yield* chargeSending(on, sending)
  return written
}

/** Writes in a chat that is open, where the writer may. */
export function* writeIn(
  on: WritingGround,
  chat: OpenChat,
  writing: Writing,
  leak: Leak | undefined,
): Decision<Written | Refused> {
  const { secret, nowS, actor } = on
  const { replyTo } = writing
  const target = replyTo && (yield* findStored(secret, actor.userId, [replyTo.id]))[0]
  const reply = replyTo && toReply(replyTo, target, writing.peerId)
  if (reply !== undefined && isRefused(reply)) return reply
  const mentionedIds = yield* findMentioned(chat, writing.content, target, actor)
  const sighted = { fromId: actor.userId, content: writing.content, mentionedIds }
  const given: MessageToBoxes = {
    boxes: yield* boxesInSight(chat, sighted),
    message: { ...newMessage(on, writing), ...reply },
    replyBodyId: target?.bodyId,
    mentionedIds,
    causedBy: actor.authKeyId,
  }
  const { outcome, notice } = yield* appendWithLeak(secret, given, leak)
  if (outcome.kind === 'noBox') return refused('AUTH_KEY_UNREGISTERED')
  if (outcome.kind === 'otherChat') return refused('RANDOM_ID_DUPLICATE')
  if (writing.clearsDraft === true && outcome.kind === 'appended') {
    yield* dropDraft(actor, writing.peerId, nowS)
  }
  const deletion = outcome.kind === 'deleted' ? [outcome.deletion] : []
  const others = [...deletion, ...(notice ? [notice] : [])]
  return { kind: 'written', event: outcome.event, others, isNew: outcome.kind === 'appended' }
}

/** The answer to a message that was written before its writer was kept from writing. */
export function* repeated(on: WritingGround, writing: Writing): Decision<Written | undefined> {
  const sent = yield* findSent(on.secret, on.actor.userId, newMessage(on, writing))
  if (sent?.kind === 'repeated') return { kind: 'written', event: sent.event, others: [], isNew: false }
  if (sent?.kind === 'deleted') {
    return { kind: 'written', event: sent.event, others: [sent.deletion], isNew: false }
  }
  return undefined
}

/** A message as its writer's box gets it, without the marks of a reply. */
export function newMessage({ nowS, actor }: WritingGround, writing: Writing): NewMessage {
  const { peerId, content, randomId, savedPeerId } = writing
  return {
    ...content,
    peerId,
    fromId: actor.userId,
    isOut: true,
    dateS: nowS,
    randomId,
    ...(savedPeerId !== undefined && { savedPeerId }),
  }
}

/** The marks of a reply, whose target is in the same chat and no service message that only one side has. */
export function toReply(
  { id, quote }: ReplyTo,
  target: StoredMessage | undefined,
  peerId: PeerId,
): Pick<NewMessage, 'replyToId' | 'reply'> | Refused {
  if (target?.peerId !== peerId) return refused('REPLY_MESSAGE_ID_INVALID')
  if (quote === undefined) return { replyToId: id }
  const found = findQuote(quote, target.text)
  if (found === undefined) return refused('QUOTE_TEXT_INVALID')
  return { replyToId: id, reply: { quote: found } }
}

/** The members of a group whom a message names, or whose message it replies to. */
function* findMentioned(
  { group }: OpenChat,
  content: MessageContent,
  target: StoredMessage | undefined,
  { userId }: Actor,
): Decision<bigint[]> {
  if (group === undefined) return []
  const { userIds, usernames } = namedIn(content)
  const named = new Set(userIds)
  if (target !== undefined) named.add(target.fromId)
  for (const name of usernames) {
    const row = yield* findNamed.row({ name })
    if (row !== undefined) named.add(long(row, 'peer_id'))
  }
  return [...named].filter((id) => id !== userId && group.roles.has(id))
}
