import { bytes, int, isNull, long, type Row } from '../../database/columns.ts'
import { alone, type Decision, nudge, sql } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { roleIn } from '../groups/decide-group.ts'
import { findStored } from '../messages/decide-history.ts'
import { addSideEvent, dropSideEvent } from '../messages/decide-side-log.ts'
import type { Button, PeerId, StoredMessage } from '../messages/words.ts'
import { type Refused, refused } from '../refusal.ts'
import type { Press, PressAnswer, PressQuery } from './words.ts'

/** The time for which a bot can answer a press, and for which somebody waits for that. */
export const PRESS_WAITS_MS = 10_000
/** The time after which nobody repeats an answer any more. */
const KEPT_MS = 60_000
/** The kind of the change by which a bot is told of a press. */
export const PRESSED = 'buttonPressed'

const findBotCopy = sql`
  SELECT m.id, m.peer_id FROM messages m JOIN bots b ON b.user_id = m.box_id
  WHERE m.body_id = :bodyId AND m.box_id = :botId`
const insert = sql`
  INSERT INTO bot_queries (query_id, bot_id, user_id, sealed_query, at_ms)
  VALUES (:queryId, :botId, :userId, :sealed, :nowMs)`
const forget = sql`DELETE FROM bot_queries WHERE bot_id = :botId AND at_ms < :beforeMs`
const forgetNews = sql`
  DELETE FROM side_log WHERE box_id = :botId AND kind = '${PRESSED}' AND at_s < :beforeS`
const find = sql`SELECT * FROM bot_queries WHERE query_id = :queryId`
const setAnswer = sql`UPDATE bot_queries SET sealed_answer = :sealed WHERE query_id = :queryId`

/** A button that somebody presses. */
export interface PressedButton {
  readonly kind: 'button'
  readonly message: StoredMessage
  readonly botId: bigint
  readonly needsPassword: boolean
}

/** Finds the button of a press, among those of a message in the presser's box. */
export function* findButton(
  secret: Secret,
  userId: bigint,
  { peerId, messageId, data }: Press,
): Decision<PressedButton | Refused> {
  const [message] = yield* findStored(secret, userId, [messageId])
  if (message?.peerId !== peerId) return refused('MESSAGE_ID_INVALID')
  const wanted = Buffer.from(data).toString('base64')
  const buttons = message.markup?.kind === 'inline' ? message.markup.rows.flat() : []
  const button = buttons.find(
    (each): each is CallbackButton => each.kind === 'callback' && each.data === wanted,
  )
  if (button === undefined) return refused('DATA_INVALID')
  const botId = message.viaBotId ?? message.fromId
  if (!(yield* areIn(peerId, [userId, botId]))) return refused('MESSAGE_ID_INVALID')
  return { kind: 'button', message, botId, needsPassword: button.needsPassword }
}

/** Somebody who has left a group keeps its messages, but presses no button there. A bot that has left is told of no press. */
function* areIn(peerId: PeerId, userIds: readonly bigint[]): Decision<boolean> {
  for (const userId of peerId < 0n ? userIds : []) {
    const role = yield* roleIn(-peerId, userId)
    if (role === undefined || role === 'left' || role === 'kicked') return false
  }
  return true
}

type CallbackButton = Extract<Button, { readonly kind: 'callback' }>

/** A press to keep until its bot has answered. */
export interface NewPress {
  readonly userId: bigint
  readonly queryId: bigint
  readonly press: Press
  readonly chatInstance: bigint
  readonly nowMs: number
}

/** Keeps a press, and tells the sessions of the bot. */
export function* keepPress(
  secret: Secret,
  { userId, queryId, press, chatInstance, nowMs }: NewPress,
): Decision<{ readonly kind: 'kept' } | Refused> {
  const button = yield* findButton(secret, userId, press)
  if (button.kind === 'refused') return button
  const { botId, message } = button
  yield* alone('box', botId)
  const copy = yield* findBotCopy.row({ bodyId: message.bodyId, botId })
  if (copy === undefined) return refused('MESSAGE_ID_INVALID')
  const query = {
    peerId: String(long(copy, 'peer_id')),
    messageId: int(copy, 'id'),
    data: Buffer.from(press.data).toString('base64'),
    chatInstance: String(chatInstance),
  }
  const sealed = secret.seal(Buffer.from(JSON.stringify(query)), sealedAs(queryId))
  const atS = Math.floor(nowMs / 1000)
  yield* forget.send({ botId, beforeMs: nowMs - KEPT_MS })
  yield* forgetNews.send({ botId, beforeS: atS - Math.ceil(KEPT_MS / 1000) })
  yield* insert.send({ queryId, botId, userId, sealed, nowMs })
  yield* addSideEvent(botId, { kind: PRESSED, subject: queryId, atS }, undefined)
  return { kind: 'kept' }
}

/** A press that waits for this bot; undefined if there is none any more. */
export function* findPress(
  secret: Secret,
  botId: bigint,
  queryId: bigint,
  nowMs: number,
): Decision<PressQuery | undefined> {
  const row = yield* find.row({ queryId })
  if (row === undefined || !isOpen(row, botId, nowMs) || !isNull(row, 'sealed_answer')) return undefined
  return toQuery(secret, row)
}

/** A press from its row. */
export function toQuery(secret: Secret, row: Row): PressQuery {
  const queryId = long(row, 'query_id')
  const plain = unseal(secret, bytes(row, 'sealed_query'), sealedAs(queryId))
  const { peerId, messageId, data, chatInstance } = JSON.parse(Buffer.from(plain).toString())
  return {
    queryId,
    userId: long(row, 'user_id'),
    peerId: BigInt(peerId),
    messageId,
    data: Buffer.from(data, 'base64'),
    chatInstance: BigInt(chatInstance),
  }
}

/** Keeps the answer of a bot to a press, and tells who waits. False if nobody waits, or another answer was given. */
export function* answerPress(
  secret: Secret,
  botId: bigint,
  {
    queryId,
    answer,
    nowMs,
  }: { readonly queryId: bigint; readonly answer: PressAnswer; readonly nowMs: number },
): Decision<boolean> {
  yield* alone('press', queryId)
  const row = yield* find.row({ queryId })
  if (row === undefined || !isOpen(row, botId, nowMs)) return false
  const given = JSON.stringify(answer)
  if (!isNull(row, 'sealed_answer')) return openAnswer(secret, row) === given
  yield* setAnswer.send({ queryId, sealed: secret.seal(Buffer.from(given), answerSealedAs(queryId)) })
  yield* dropSideEvent(botId, PRESSED, queryId)
  yield* nudge({ kind: 'botAnswer', queryId: String(queryId) })
  return true
}

/** The answer to a press; undefined: there is none yet. */
export function* findAnswer(secret: Secret, queryId: bigint): Decision<PressAnswer | undefined> {
  const row = yield* find.row({ queryId })
  if (row === undefined || isNull(row, 'sealed_answer')) return undefined
  return JSON.parse(openAnswer(secret, row))
}

/** Tells a bot no more of a press for whose answer nobody waits. */
export function* endPress(botId: bigint, queryId: bigint): Decision<void> {
  yield* dropSideEvent(botId, PRESSED, queryId)
}

function isOpen(row: Row, botId: bigint, nowMs: number): boolean {
  return long(row, 'bot_id') === botId && nowMs < int(row, 'at_ms') + PRESS_WAITS_MS
}

function openAnswer(secret: Secret, row: Row): string {
  const context = answerSealedAs(long(row, 'query_id'))
  return Buffer.from(unseal(secret, bytes(row, 'sealed_answer'), context)).toString()
}

function sealedAs(queryId: bigint): string {
  return `bot query ${queryId}`
}

function answerSealedAs(queryId: bigint): string {
  return `answer to bot query ${queryId}`
}
