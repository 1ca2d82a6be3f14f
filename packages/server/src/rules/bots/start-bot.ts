import { alone, type Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findBar } from '../chats/decide-open-chat.ts'
import { findSpentSending } from '../chats/decide-send-budgets.ts'
import { newMessage, repeated, type Writing, type WritingGround, write } from '../chats/decide-write.ts'
import { groundOf } from '../chats/send-message.ts'
import type { GroupGround } from '../groups/decide-changes.ts'
import { findGroup } from '../groups/decide-group.ts'
import { addMember } from '../groups/decide-members.ts'
import { groupGround } from '../groups/groups.ts'
import { findSent } from '../messages/decide-sent-messages.ts'
import type { BoxEvent, MessageContent } from '../messages/words.ts'
import { accepted, isRefused, type Refused, refusal, refused } from '../refusal.ts'
import { findBot } from './decide-bot.ts'
import type { BotStart } from './words.ts'

const MAX_PARAM = 64
const PARAM = /^[\w-]+$/

/** Events in the box of who started a bot. */
export interface Started {
  readonly kind: 'started'
  readonly events: readonly BoxEvent[]
}

/**
 * Starts a bot: it gets `/start` with the parameter, and may write to who started it. In a group the bot joins first.
 *
 * @throws {RpcError} START_PARAM_EMPTY, START_PARAM_TOO_LONG, START_PARAM_INVALID, RANDOM_ID_EMPTY, BOT_INVALID,
 *   PEER_ID_INVALID, those of writing in the chat, and those of bringing somebody into a group
 */
export async function startBot(on: Ground, caller: Caller, start: BotStart): Promise<Started> {
  const { param, peerId, botId, randomId } = start
  if (randomId === 0n) throw refusal('RANDOM_ID_EMPTY')
  if (param === '') throw refusal('START_PARAM_EMPTY')
  if (param.length > MAX_PARAM) throw refusal('START_PARAM_TOO_LONG')
  if (!PARAM.test(param)) throw refusal('START_PARAM_INVALID')
  if (peerId > 0n && peerId !== botId) throw refusal('PEER_ID_INVALID')
  const grounds = { writing: groundOf(on, caller), group: groupGround(on, caller) }
  return accepted(await on.store.decide(() => decideStart(grounds, start)))
}

interface StartGround {
  readonly writing: WritingGround
  readonly group: GroupGround
}

function* decideStart(on: StartGround, start: BotStart): Decision<Started | Refused> {
  const bot = yield* findBot(start.botId)
  if (bot === undefined) return refused('BOT_INVALID')
  const writing = writingOf(start, bot.username)
  const sending = { peerId: start.peerId, times: 1 }
  const spent = yield* findSpentSending(on.writing, sending)
  if (spent !== undefined && (yield* repeated(on.writing, writing)) === undefined) return spent
  const joined = start.peerId > 0n ? [] : yield* join(on, start, writing)
  if ('kind' in joined) return joined
  const written = yield* write(on.writing, writing, undefined)
  if (isRefused(written)) return written
  return { kind: 'started', events: [...joined, written.event, ...written.others] }
}

/** Brings a bot into a group, unless it is there, or the call is a repeat. */
function* join(
  { writing: on, group: ground }: StartGround,
  { peerId, botId }: BotStart,
  writing: Writing,
): Decision<readonly BoxEvent[] | Refused> {
  const chatId = -peerId
  yield* alone('chat', chatId)
  const group = yield* findGroup(chatId)
  if (group === undefined) return refused('PEER_ID_INVALID')
  const { userId } = on.actor
  const bar = yield* findBar({ peerId, group }, userId)
  if (bar !== undefined) return bar
  const sent = yield* findSent(on.secret, userId, newMessage(on, writing))
  if (sent !== undefined || group.roles.has(botId)) return []
  const added = yield* addMember(ground, chatId, botId, 0)
  if (!isRefused(added)) return added.events
  return added.name === 'CHAT_ADMIN_REQUIRED' ? refused(added.name, 400) : added
}

function writingOf({ peerId, botId, param, randomId }: BotStart, username: string): Writing {
  const text = peerId > 0n ? '/start' : `/start@${username}`
  const content: MessageContent = {
    text,
    entities: [{ kind: 'botCommand', offset: 0, length: text.length }],
    start: { botId, param },
  }
  return { peerId, content, randomId }
}
