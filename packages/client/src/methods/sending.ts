import type { Random } from '@cablegram/mtproto'
import type { InputReplyTo, MessageEntity } from '@cablegram/tl/api'
import type { CallOptions } from '../options.ts'
import { PeerError } from '../peers/errors.ts'
import { inputUserOf } from '../peers/resolve.ts'
import type { FormattedText } from '../text/formatted.ts'
import { type Buttons, replyMarkupOf } from './buttons.ts'
import type { MethodClient } from './method-client.ts'

/** A message, by its number or as the client gave it. */
export type MessageId = number | { readonly id: number }

/** Options of calls that send something. */
export interface SendOptions extends CallLimits {
  /** The message that this one replies to. */
  readonly replyTo?: MessageId | undefined
  /** Without a sound at the receiver. Default: with one. */
  readonly silent?: boolean | undefined
  /** Buttons below the message, or in the place of the keyboard. */
  readonly buttons?: Buttons | undefined
  /** Sent at this Unix time, in seconds. Default: now. */
  readonly scheduleAtS?: number | undefined
  /**
   * Number of this message. The server takes each only once, so a program that repeats a call whose answer was lost gives
   * the same number, and nothing is sent twice. Default: a new one.
   */
  readonly randomId?: bigint | undefined
}

/** A number for a message, as the server asks for: never 0. */
export function newRandomId(random: Random): bigint {
  const bytes = random(8)
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0) || 1n
}

/** The parameters that all sending methods have. */
export function sendParams({ replyTo, silent, buttons, scheduleAtS }: SendOptions): {
  replyTo?: InputReplyTo
  silent?: boolean
  replyMarkup?: ReturnType<typeof replyMarkupOf>
  scheduleDate?: number
} {
  return {
    ...(replyTo !== undefined && { replyTo: { _: 'inputReplyToMessage', replyToMsgId: messageId(replyTo) } }),
    ...(silent === true && { silent }),
    ...(buttons !== undefined && { replyMarkup: replyMarkupOf(buttons) }),
    ...(scheduleAtS !== undefined && { scheduleDate: scheduleAtS }),
  }
}

/** The number of a message. */
export function messageId(message: MessageId): number {
  return typeof message === 'number' ? message : message.id
}

/** The options of a daily call that every call takes. */
export type CallLimits = Pick<CallOptions, 'signal' | 'timeoutMs'>

/** A part of the options that a call takes. */
export function callOptions({ signal, timeoutMs }: CallLimits): CallOptions {
  return { signal, timeoutMs }
}

/** The options of a call that may be made twice: while the server is in trouble, it is repeated. */
export function repeatable(limits: CallLimits): CallOptions {
  return { ...callOptions(limits), retry: true }
}

/**
 * The options of a call that sends to a chat: what the server has taken already it does not take again, because of the random
 * id, and messages to one chat arrive in the order in which they are sent.
 */
export function sendingTo({ id }: { readonly id: bigint }, limits: CallLimits): CallOptions {
  return { ...repeatable(limits), chain: `to ${id}` }
}

/** Entities as a call takes them: a mention needs the user's access hash. One of a stranger stays as it is. */
export async function inputEntities(
  client: MethodClient,
  { entities }: FormattedText,
): Promise<MessageEntity[]> {
  return await Promise.all(entities.map((entity) => inputEntity(client, entity)))
}

async function inputEntity(client: MethodClient, entity: MessageEntity): Promise<MessageEntity> {
  if (entity._ !== 'messageEntityMentionName') return entity
  const { offset, length } = entity
  try {
    const userId = await inputUserOf(client, entity.userId)
    return { _: 'inputMessageEntityMentionName', offset, length, userId }
  } catch (error) {
    if (error instanceof PeerError) return entity
    throw error
  }
}
