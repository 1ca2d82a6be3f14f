import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { findLeak } from '../codes/leaked-codes.ts'
import type { Leak } from '../codes/words.ts'
import type { MessageContent } from '../messages/words.ts'
import { accepted, refusal } from '../refusal.ts'
import type { Actor } from './decide-open-chat.ts'
import { type Writing, type WritingGround, type Written, write } from './decide-write.ts'
import { checkMarkup } from './markup.ts'
import { messageText } from './text/format.ts'

/**
 * Writes a text in a chat. A login code in it that is on its way to the writer's own number ends, so that a code copied
 * into a chat cannot be used by whoever asked for it.
 *
 * @throws {RpcError} RANDOM_ID_EMPTY, RANDOM_ID_DUPLICATE, PEER_ID_INVALID, CHAT_ID_INVALID, INPUT_USER_DEACTIVATED,
 *   YOU_BLOCKED_USER, USER_IS_BLOCKED, CHAT_WRITE_FORBIDDEN, CHAT_SEND_PLAIN_FORBIDDEN, REPLY_MESSAGE_ID_INVALID,
 *   QUOTE_TEXT_INVALID, and those of the text
 */
export async function sendText(on: Ground, caller: Caller, writing: Writing): Promise<Written> {
  const { ground, checked, leak } = await checkText(on, caller, writing)
  return accepted(await on.store.decide(() => write(ground, checked, leak)))
}

/** A message whose content is checked, with all that writing it takes. */
export interface Checked {
  readonly ground: WritingGround
  readonly checked: Writing
  readonly leak: Leak | undefined
}

/** Checks a text that somebody writes. @throws {RpcError} RANDOM_ID_EMPTY, and those of the text */
export async function checkText(on: Ground, caller: Caller, writing: Writing): Promise<Checked> {
  if (writing.randomId === 0n) throw refusal('RANDOM_ID_EMPTY')
  const ground = groundOf(on, caller)
  const content = { ...checkedContent(caller, writing), ...messageText(writing.content, ground.nowS) }
  const leak = await findLeak(on, caller, content.text)
  return { ground, checked: { ...writing, content }, leak }
}

/** The content of a message, with its buttons checked. @throws {RpcError} as {@link checkMarkup} */
export function checkedContent({ state }: Caller, { peerId, content }: Writing): MessageContent {
  const { markup: given, ...rest } = content
  const isBot = state.at === 'authorized' && state.isBot
  const markup = checkMarkup(given, { isBot, peerId })
  return markup === undefined ? rest : { ...rest, markup }
}

/** The parts that a decision of the caller's to write is made with. */
export function groundOf({ store, settings, clock }: Ground, caller: Caller): WritingGround {
  const nowS = Math.floor(clock.nowMs() / 1000)
  return { secret: store.secret, settings, nowS, actor: actorOf(caller) }
}

/** Tells whether the caller is a bot. */
export function isBot({ state }: Caller): boolean {
  return state.at === 'authorized' && state.isBot
}

/** The caller, as decisions know them. @throws {RpcError} AUTH_KEY_UNREGISTERED */
export function actorOf({ state, authKeyId }: Caller): Actor {
  return { userId: requireUserId(state), authKeyId }
}
