import { UsageError } from '@cablegram/tl'
import {
  type Actor,
  type MessageWait,
  type OnConsole,
  type PersonMessage,
  people,
  peopleSchemas as schemas,
} from '../console/index.ts'
import { steadyNowMs } from '../ground/clock.ts'
import { call, check } from './calls.ts'
import { GivenMessages } from './given-messages.ts'
import { nameOf } from './named.ts'
import type { NextOptions, OfMessage, Person } from './people-api.ts'

const DEFAULT_WAIT_MS = 5_000

/** The state that somebody begins with. */
interface Beginning {
  readonly token: string | undefined
  /** Messages up to this one are not news. */
  readonly afterId: number
}

/** Somebody to act as, with the calls of a test. */
export function actAs(on: OnConsole, made: Actor, { token, afterId }: Beginning): Person {
  const given = new GivenMessages(afterId)
  const act = <Arguments extends unknown[], Answer>(
    run: (actor: Actor, ...args: Arguments) => Promise<Answer>,
  ): ((...args: Arguments) => Promise<Answer>) =>
    call(async (...args: Arguments) => await run(await people.stillThere(on, made), ...args))
  return {
    ...people.personInfo(made.account),
    ...(token !== undefined && { token }),
    send: act(async (actor, to, text, { replyTo, ...options } = {}) => {
      const reply = replyTo === undefined ? undefined : await ownId(on, actor, replyTo)
      const message = { ...options, to: nameOf(to), text, ...(reply !== undefined && { replyTo: reply }) }
      return await people.sendAs(on, actor, check(schemas.newMessage, message, 'message'))
    }),
    messages: act(async (actor, chat, options = {}) => {
      const query = { ...options, with: nameOf(chat) }
      return await people.listMessages(on, actor, check(schemas.messagesQuery, query, 'options'))
    }),
    next: act(async (actor, options = {}) => {
      const { timeoutMs = DEFAULT_WAIT_MS, ...wait } = check(schemas.messageWait, waitOf(options), 'options')
      const message = await nextOf(on, actor, given, { ...wait, timeoutMs })
      if (message !== undefined) return message
      throw new UsageError('MESSAGE_TIMEOUT', `${noMessage(actor, wait)} within ${timeoutMs} ms.`)
    }),
  }
}

function waitOf({ with: chat, from, ...options }: NextOptions): MessageWait {
  return {
    ...options,
    ...(chat !== undefined && { with: nameOf(chat) }),
    ...(from !== undefined && { from: nameOf(from) }),
  }
}

/** The next message that was not given; those before it that others of the person's calls took are passed over. */
async function nextOf(
  on: OnConsole,
  actor: Actor,
  given: GivenMessages,
  { timeoutMs, ...wait }: MessageWait & { readonly timeoutMs: number },
): Promise<PersonMessage | undefined> {
  const endMs = steadyNowMs() + timeoutMs
  const isAny = wait.with === undefined && wait.from === undefined
  let { afterId } = given
  for (;;) {
    const leftMs = Math.max(0, endMs - steadyNowMs())
    const limits = { timeoutMs: leftMs, signal: on.closing }
    const message = await people.waitForMessage(on, actor, { ...wait, ...limits, afterId })
    if (message === undefined || given.take(message.id, isAny)) return message
    afterId = message.id
  }
}

function noMessage({ account }: Actor, { with: chat, from }: MessageWait): string {
  const author = from === undefined ? '' : ` from ${from}`
  const place = chat === undefined ? '' : ` in the chat with ${chat}`
  return `No message${author}${place} came to ${account.firstName}`
}

/** The id of a message in the person's own box. */
async function ownId(on: OnConsole, actor: Actor, message: OfMessage): Promise<number> {
  return await people.ownMessageId(on, actor, check(schemas.ofMessage, message, 'message'))
}
