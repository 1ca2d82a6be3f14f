import { UsageError } from '@cablegram/tl'
import { type Check, type Checks, isBoolean, isSignal, isTimeout, isWhole } from '../check-options.ts'
import { kindOf } from '../kind-of.ts'
import type { CallLimits, SendOptions } from './sending.ts'

const MAX_INT = 2 ** 31 - 1

/** Takes everything: the value has a check of its own where it is used. */
export const isChecked: Check = () => undefined

const isUnixTime = isWhole(0, MAX_INT, 'Unix seconds')

/** The checks of the options that every daily call takes. */
export const LIMIT_CHECKS: Checks<CallLimits> = {
  signal: isSignal,
  timeoutMs: isTimeout,
}

/** The checks of the options of a call that sends something. */
export const SEND_CHECKS: Checks<SendOptions> = {
  ...LIMIT_CHECKS,
  replyTo: isMessageId,
  silent: isBoolean,
  buttons: isChecked,
  scheduleAtS: isUnixTime,
  randomId: (value) => (typeof value === 'bigint' ? undefined : 'a bigint'),
}

/** The checks of the options of a list that is read in pages. */
export const LIST_CHECKS: Checks<CallLimits & { readonly limit?: number | undefined }> = {
  ...LIMIT_CHECKS,
  limit: isLimit,
}

/** The number of a message, or a message that is sent. */
export function isMessageId(value: unknown): string | undefined {
  if (isQueued(value)) return 'a message that is sent already, or its id as a number'
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : value
  return typeof id === 'number' ? undefined : 'a message, or its id as a number'
}

function isQueued(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'scheduledAtS' in value && value.scheduledAtS !== undefined
  )
}

/** A text. */
export function isString(value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : 'a string'
}

/** Infinity is no end, as without a limit. */
function isLimit(value: unknown): string | undefined {
  const isOne = value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) >= 0)
  return isOne ? undefined : 'a whole number, 0 or more'
}

/**
 * Checks an argument that names a message together with its chat.
 *
 * @param call the name of the daily call
 * @throws UsageError MESSAGE_INVALID
 */
export function checkMessage(message: unknown, call: string): void {
  const isObject = typeof message === 'object' && message !== null
  if (isObject && 'id' in message && typeof message.id === 'number' && 'chat' in message) return
  const shown = isObject ? 'an object without an id and a chat' : kindOf(message)
  throw new UsageError('MESSAGE_INVALID', `${call} takes a message, or { id, chat }, not ${shown}.`)
}

/** Checks an argument that names a message, and that it does not wait to be sent. @throws UsageError MESSAGE_INVALID */
export function checkSentMessage(
  message: { readonly scheduledAtS?: number | undefined },
  call: string,
): void {
  checkMessage(message, call)
  if (!isQueued(message)) return
  const text = `${call} takes messages that are sent, and this one waits for its time. Until then it can be edited and deleted.`
  throw new UsageError('MESSAGE_INVALID', text)
}

/** @param call the name of the daily call @throws UsageError MESSAGE_INVALID */
export function checkMessages(messages: unknown, call: string): void {
  if (!Array.isArray(messages)) {
    const message = `${call} takes a list of messages, such as [message], not ${kindOf(messages)}.`
    throw new UsageError('MESSAGE_INVALID', message)
  }
  for (const message of messages) checkMessage(message, call)
}
