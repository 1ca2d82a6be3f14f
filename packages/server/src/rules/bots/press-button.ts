import type { Secret } from '../../database/secret.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requireUserId } from '../accounts/keys.ts'
import { isLongerThan } from '../chats/text/format.ts'
import type { PeerId } from '../messages/words.ts'
import { findPasswordHint, openPasswordSettings } from '../passwords/passwords.ts'
import { accepted, refusal } from '../refusal.ts'
import { findBot } from './decide-bot.ts'
import {
  answerPress,
  endPress,
  findAnswer,
  findButton,
  findPress,
  keepPress,
  PRESS_WAITS_MS,
} from './decide-presses.ts'
import type { OnPresses } from './press-waits.ts'
import type { Press, PressAnswer, PressQuery } from './words.ts'

const MAX_MESSAGE_CHARACTERS = 200
const MAX_DATA_BYTES = 64

/**
 * Presses a button under a bot's message, and waits for what the bot answers: up to ten seconds.
 *
 * @throws {RpcError} MESSAGE_ID_INVALID, DATA_INVALID, BOT_RESPONSE_TIMEOUT, and for buttons that ask for the password
 *   PASSWORD_MISSING, PASSWORD_HASH_INVALID, and those of giving it
 */
export async function pressButton(on: OnPresses, caller: Caller, press: Press): Promise<PressAnswer> {
  const { store, clock, random } = on
  const userId = requireUserId(caller.state)
  if (press.data.length > MAX_DATA_BYTES) throw refusal('DATA_INVALID')
  const button = accepted(await store.look(() => findButton(store.secret, userId, press)))
  if (button.needsPassword) await checkPassword(on, caller, press.password)
  const queryId = randomLong(random)
  // The wait begins before the bot can answer.
  const wait = on.pressWaits.begin(queryId, userId, PRESS_WAITS_MS)
  if (wait === undefined) throw refusal('BOT_RESPONSE_TIMEOUT')
  try {
    const chatInstance = chatInstanceOf(store.secret, userId, press.peerId)
    const kept = { userId, queryId, press, chatInstance, nowMs: clock.nowMs() }
    accepted(await store.decide(() => keepPress(store.secret, kept)))
    for (;;) {
      const isOver = await wait.news()
      const answer = await store.look(() => findAnswer(store.secret, queryId))
      if (answer !== undefined) return answer
      if (!isOver) continue
      await store.decide(() => endPress(button.botId, queryId))
      throw refusal('BOT_RESPONSE_TIMEOUT')
    }
  } finally {
    wait.end()
  }
}

/** @throws {RpcError} PASSWORD_MISSING, PASSWORD_HASH_INVALID, and those of giving it */
async function checkPassword(on: Ground, caller: Caller, password: Press['password']): Promise<void> {
  const userId = requireUserId(caller.state)
  if ((await findPasswordHint(on, userId)) === undefined) throw refusal('PASSWORD_MISSING')
  if (password === undefined) throw refusal('PASSWORD_HASH_INVALID')
  await openPasswordSettings(on, caller, password)
}

/** A number for a chat that is the same for all who are in it, and says nothing of them. */
function chatInstanceOf(secret: Secret, userId: bigint, peerId: PeerId): bigint {
  const chat = peerId < 0n ? String(peerId) : [userId, peerId].sort(ascending).join(' ')
  return secret.startMac('chat instances').update(chat).digest().readBigInt64BE()
}

function ascending(one: bigint, other: bigint): number {
  return one < other ? -1 : 1
}

/** A press that the caller, a bot, is to be told of; undefined if nobody waits any more. */
export async function openPress(
  { store, clock }: Pick<Ground, 'store' | 'clock'>,
  botId: bigint,
  queryId: bigint,
): Promise<PressQuery | undefined> {
  return await store.look(() => findPress(store.secret, botId, queryId, clock.nowMs()))
}

/**
 * Answers a press of one of the caller's buttons. The same answer may come again.
 *
 * @throws {RpcError} MESSAGE_TOO_LONG, URL_INVALID, QUERY_ID_INVALID
 */
export async function answerQuery(
  on: Ground,
  caller: Caller,
  queryId: bigint,
  answer: PressAnswer,
): Promise<void> {
  const { store, clock } = on
  const botId = requireUserId(caller.state)
  if (answer.message !== undefined && isLongerThan(answer.message, MAX_MESSAGE_CHARACTERS))
    throw refusal('MESSAGE_TOO_LONG')
  if (answer.url !== undefined) await checkUrl(on, botId, answer.url)
  const given = { queryId, answer, nowMs: clock.nowMs() }
  if (!(await store.decide(() => answerPress(store.secret, botId, given)))) throw refusal('QUERY_ID_INVALID')
}

/** A bot opens nothing but a chat with itself, by its own link. @throws {RpcError} URL_INVALID */
async function checkUrl({ store }: Ground, botId: bigint, url: string): Promise<void> {
  const bot = await store.look(() => findBot(botId))
  const [, username] = /^(?:https?:\/\/)?(?:t|telegram)\.me\/(\w+)\?start=[\w-]{1,64}$/i.exec(url) ?? []
  if (username === undefined || username.toLowerCase() !== bot?.username.toLowerCase())
    throw refusal('URL_INVALID')
}
