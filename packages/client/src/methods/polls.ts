import { UsageError } from '@cablegram/tl'
import type { MessageEntity, Poll, TextWithEntities } from '@cablegram/tl/api'
import { type Checks, checkOptions, isBoolean, isWhole } from '../check-options.ts'
import type { Message } from '../message/message.ts'
import { type PeerLike, usePeer } from '../peers/resolve.ts'
import { formattedOf, type TextLike } from '../text/formatted.ts'
import { checkSentMessage, isChecked, LIMIT_CHECKS, SEND_CHECKS } from './checks.ts'
import type { MessageRef } from './edit-message.ts'
import type { MethodClient } from './method-client.ts'
import {
  type CallLimits,
  callOptions,
  messageId,
  newRandomId,
  repeatable,
  type SendOptions,
  sendingTo,
  sendParams,
} from './sending.ts'
import { sentMessage } from './sent.ts'

/** Options of a poll. */
export interface SendPollOptions extends SendOptions {
  /** People may choose several answers. Default: one. */
  readonly multiple?: boolean | undefined
  /** Everybody sees who chose what. Default: nobody does. */
  readonly isPublic?: boolean | undefined
  /** Makes a quiz: the place of the right answer, from 0. */
  readonly correct?: number | undefined
  /** Shown after a wrong answer of a quiz. */
  readonly explanation?: TextLike | undefined
  /** The poll closes so many seconds after it was sent, 5 to 600. */
  readonly closeAfterS?: number | undefined
}

const CHECKS: Checks<SendPollOptions> = {
  ...SEND_CHECKS,
  multiple: isBoolean,
  isPublic: isBoolean,
  correct: isWhole(0, 2 ** 31 - 1, 'the place of an answer, from 0'),
  explanation: isChecked,
  closeAfterS: isWhole(0, 2 ** 31 - 1, 'seconds'),
}

/**
 * Sends a poll or a quiz with 2 to 10 answers.
 *
 * @returns its message; votes name the answers by their places
 * @throws PeerError; UsageError; RpcError such as POLL_ANSWERS_INVALID
 *
 * @example
 * ```ts
 * import { sendPoll, type TelegramClient, vote } from '@cablegram/client'
 *
 * export async function ask(client: TelegramClient, groupId: bigint) {
 *   const message = await sendPoll(client, groupId, 'Tea or coffee?', ['Tea', 'Coffee'])
 *   await vote(client, message, [0])
 * }
 * ```
 */
export async function sendPoll(
  client: MethodClient,
  peer: PeerLike,
  question: TextLike,
  answers: readonly TextLike[],
  options: SendPollOptions = {},
): Promise<Message> {
  checkOptions(options, CHECKS, 'of sendPoll')
  const randomId = options.randomId ?? newRandomId(client.surroundings.random)
  const replyTo = options.replyTo === undefined ? undefined : messageId(options.replyTo)
  const { correct, explanation } = options
  const solution = explanation === undefined ? undefined : formattedOf(explanation)
  const media = {
    _: 'inputMediaPoll',
    poll: pollOf(question, answers, options),
    ...(correct !== undefined && { correctAnswers: [correct] }),
    ...(solution && { solution: solution.text, solutionEntities: [...solution.entities] }),
  } as const
  return await usePeer(client, peer, async (to) => {
    const params = { peer: to.inputPeer, media, message: '', randomId, ...sendParams(options) }
    const updates = await client.call('messages.sendMedia', params, sendingTo(to.chat, options))
    return sentMessage(client, updates, randomId, { to, text: { text: '', entities: [] }, replyTo })
  })
}

/**
 * Votes in a poll, in the place of an earlier vote of this account.
 *
 * @param answers the places of the answers, from 0; none takes the vote back
 * @throws PeerError; UsageError POLL_INVALID for a message without a poll; RpcError such as MESSAGE_POLL_CLOSED
 *
 * @example
 * ```ts
 * import { type Message, type TelegramClient, vote } from '@cablegram/client'
 *
 * export async function takeFirst(client: TelegramClient, message: Message) {
 *   await vote(client, message, [0])
 * }
 * ```
 */
export async function vote(
  client: MethodClient,
  message: Message,
  answers: readonly number[],
  limits: CallLimits = {},
): Promise<void> {
  checkSentMessage(message, 'vote')
  checkOptions(limits, LIMIT_CHECKS, 'of vote')
  const { media } = message
  if (media?._ !== 'messageMediaPoll')
    throw new UsageError('POLL_INVALID', `The message ${message.id} has no poll.`)
  const options = answers.map((place) => optionAt(media.poll, place))
  await usePeer(client, message.chat, async ({ inputPeer: peer }) => {
    await client.call('messages.sendVote', { peer, msgId: message.id, options }, repeatable(limits))
  })
}

/**
 * Closes a poll of this account: nobody can vote any more.
 *
 * @throws PeerError; UsageError POLL_INVALID; RpcError
 *
 * @example
 * ```ts
 * import { closePoll, type Message, type TelegramClient } from '@cablegram/client'
 *
 * export async function end(client: TelegramClient, message: Message) {
 *   await closePoll(client, message)
 * }
 * ```
 */
export async function closePoll(
  client: MethodClient,
  message: MessageRef & Pick<Message, 'media'>,
  limits: CallLimits = {},
): Promise<void> {
  checkSentMessage(message, 'closePoll')
  checkOptions(limits, LIMIT_CHECKS, 'of closePoll')
  const { media: before } = message
  if (before?._ !== 'messageMediaPoll')
    throw new UsageError('POLL_INVALID', `The message ${message.id} has no poll.`)
  const poll = { ...before.poll, closed: true }
  const media = { _: 'inputMediaPoll', poll } as const
  await usePeer(client, message.chat, async ({ inputPeer: peer }) => {
    await client.call('messages.editMessage', { peer, id: message.id, media }, callOptions(limits))
  })
}

function pollOf(question: TextLike, answers: readonly TextLike[], options: SendPollOptions): Poll {
  const { multiple, isPublic, correct, closeAfterS } = options
  return {
    _: 'poll',
    id: 0n,
    hash: 0n,
    question: withEntities(question),
    answers: answers.map((text, place) => ({
      _: 'pollAnswer',
      text: withEntities(text),
      option: new TextEncoder().encode(String(place)),
    })),
    ...(multiple === true && { multipleChoice: true }),
    ...(isPublic === true && { publicVoters: true }),
    ...(correct !== undefined && { quiz: true }),
    ...(closeAfterS !== undefined && { closePeriod: closeAfterS }),
  }
}

function optionAt({ answers }: Poll, place: number): Uint8Array {
  const answer = answers[place]
  if (answer?._ === 'pollAnswer') return answer.option
  throw new UsageError(
    'POLL_INVALID',
    `The poll has ${answers.length} answers, from 0 on, and none at ${place}.`,
  )
}

function withEntities(text: TextLike): TextWithEntities {
  const formatted = formattedOf(text)
  const entities: MessageEntity[] = [...formatted.entities]
  return { _: 'textWithEntities', text: formatted.text, entities }
}
