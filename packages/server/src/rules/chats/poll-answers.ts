import { alone, type Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { findStored } from '../messages/decide-history.ts'
import { findPolls, forgetAnswer, rewritePoll, type StoredPoll, seePolls } from '../messages/decide-polls.ts'
import type { BoxEvent, FormattedText, PollAnswer, ServiceAction } from '../messages/words.ts'
import { accepted, isRefused, type Refused, refused } from '../refusal.ts'
import { checkAnswerText, MAX_ANSWERS } from './check-poll.ts'
import { findBar, type OpenChat, openChat } from './decide-open-chat.ts'
import { holdersOfPoll, pollIn, tellHolders } from './decide-votes.ts'
import { type WritingGround, writeCounted } from './decide-write.ts'
import { groundOf } from './send-message.ts'
import type { OpenedPoll, PollMessage } from './votes.ts'

/** A poll with other answers than before, and the message that says so in the caller's box. */
export interface AnswersChanged extends OpenedPoll {
  readonly kind: 'changed'
  readonly events: readonly BoxEvent[]
}

/**
 * Adds an answer to a poll that lets people do so.
 *
 * @throws {RpcError} POLL_ANSWER_INVALID, MESSAGE_ID_INVALID, MESSAGE_POLL_CLOSED, POLL_ANSWERS_INVALID, POLL_OPTION_DUPLICATE,
 *   and those of writing in the chat
 */
export async function addAnswer(
  on: Ground,
  caller: Caller,
  message: PollMessage,
  written: FormattedText,
): Promise<AnswersChanged> {
  const [ground, noteId] = [groundOf(on, caller), randomLong(on.random)]
  const text = checkAnswerText(written)
  return accepted(await on.store.decide(() => decideAdd(ground, message, text, noteId)))
}

function* decideAdd(
  on: WritingGround,
  message: PollMessage,
  text: FormattedText,
  noteId: bigint,
): Decision<AnswersChanged | Refused> {
  const opened = yield* openPoll(on, message)
  if (isRefused(opened)) return opened
  const { stored } = opened
  const { answers, hasOpenAnswers } = stored.poll
  if (hasOpenAnswers !== true || answers.length >= MAX_ANSWERS) return refused('POLL_ANSWERS_INVALID')
  if (answers.some((answer) => answer.text === text.text)) return refused('POLL_OPTION_DUPLICATE')
  const answer = {
    ...text,
    option: freeOption(answers),
    addedById: on.actor.userId,
    addedAtS: on.nowS,
  }
  yield* rewritePoll(on.secret, { ...stored, poll: { ...stored.poll, answers: [...answers, answer] } })
  return yield* tellChange(on, { ...opened, message, noteId, action: { kind: 'pollAddAnswer', answer } })
}

/** The first name of one byte that no answer has. */
function freeOption(answers: readonly PollAnswer[]): string {
  const taken = new Set(answers.map(({ option }) => option))
  const names = Array.from({ length: MAX_ANSWERS + 1 }, (_, place) => Buffer.from([place]).toString('base64'))
  return names.find((name) => !taken.has(name)) ?? ''
}

/**
 * Takes an answer away that somebody has added to a poll: the caller, or anybody where the poll is the caller's.
 *
 * @param option the name of the answer, in base64
 * @throws {RpcError} MESSAGE_ID_INVALID, MESSAGE_POLL_CLOSED, OPTION_INVALID, and those of writing in the chat
 */
export async function deleteAnswer(
  on: Ground,
  caller: Caller,
  message: PollMessage,
  option: string,
): Promise<AnswersChanged> {
  const [ground, noteId] = [groundOf(on, caller), randomLong(on.random)]
  return accepted(await on.store.decide(() => decideDelete(ground, message, option, noteId)))
}

function* decideDelete(
  on: WritingGround,
  message: PollMessage,
  option: string,
  noteId: bigint,
): Decision<AnswersChanged | Refused> {
  const opened = yield* openPoll(on, message)
  if (isRefused(opened)) return opened
  const { stored } = opened
  const { pollId, creatorId, poll } = stored
  const place = poll.answers.findIndex((each) => each.option === option)
  const answer = poll.answers[place]
  const { userId } = on.actor
  const isTheirs = answer?.addedById === userId || (answer?.addedById !== undefined && creatorId === userId)
  if (answer === undefined || !isTheirs) return refused('OPTION_INVALID')
  yield* forgetAnswer(pollId, place, poll.answers.length)
  const answers = poll.answers.filter((each) => each !== answer)
  yield* rewritePoll(on.secret, { ...stored, poll: { ...poll, answers } })
  return yield* tellChange(on, { ...opened, message, noteId, action: { kind: 'pollDeleteAnswer', answer } })
}

interface OpenPoll {
  readonly stored: StoredPoll
  readonly chat: OpenChat
  /** The boxes that have the poll. */
  readonly holders: readonly bigint[]
}

/** The poll of a message in a chat where the caller may write; nobody else changes it until the decision is committed. */
function* openPoll(on: WritingGround, { peerId, messageId }: PollMessage): Decision<OpenPoll | Refused> {
  const { secret, settings, nowS, actor } = on
  const { userId } = actor
  const found = yield* pollIn(secret, { userId, peerId, messageId })
  if (found === undefined) return refused('MESSAGE_ID_INVALID')
  yield* alone('poll', found.pollId)
  const holders = yield* holdersOfPoll(found.pollId)
  const chat = yield* openChat(settings, userId, peerId, [], holders)
  if (isRefused(chat)) return chat
  const bar = yield* findBar(chat, userId)
  if (bar !== undefined) return bar
  const [message] = yield* findStored(secret, userId, [messageId])
  const [stored] = yield* findPolls(secret, [found.pollId])
  if (message?.peerId !== peerId || message.forward !== undefined || stored === undefined) {
    return refused('MESSAGE_ID_INVALID')
  }
  const { poll, isClosed } = stored
  const isOver = isClosed || (poll.closesAtS !== undefined && poll.closesAtS <= nowS)
  return isOver ? refused('MESSAGE_POLL_CLOSED') : { stored, chat, holders }
}

interface AnswersChange extends OpenPoll {
  readonly message: PollMessage
  readonly noteId: bigint
  readonly action: ServiceAction
}

/** Tells all who have the poll, and the chat by a service message. */
function* tellChange(
  on: WritingGround,
  { message, stored, chat, holders, noteId, action }: AnswersChange,
): Decision<AnswersChanged | Refused> {
  const { userId, authKeyId: causedBy } = on.actor
  const { pollId } = stored
  const { peerId, messageId } = message
  const content = { text: '', entities: [], action }
  const writing = { peerId, content, randomId: noteId, replyTo: { id: messageId } }
  const note = yield* writeCounted(on, chat, writing)
  if (isRefused(note)) return note
  yield* tellHolders(holders, { pollId, atS: on.nowS, userId, causedBy })
  const poll = (yield* seePolls(on.secret, userId, [pollId])).get(pollId)
  if (poll === undefined) return refused('MESSAGE_ID_INVALID')
  return { kind: 'changed', pollId, poll, events: [note.event, ...note.others] }
}
