import { historyOf } from '../../rules/messages/messages.ts'
import { newestIdOf, nextReceivedOf } from '../../rules/messages/received.ts'
import { refusing } from '../acts/refusals.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import { peerNamed, userNamed } from './named-peers.ts'
import { showMessages, showOne } from './show-messages.ts'
import { waitInBox } from './wait-in-box.ts'
import type { MessagesQuery, MessageWait, PersonMessage } from './words.ts'

const MAX_LISTED = 100

/** Lists messages of a chat of somebody's, the oldest first. */
export async function listMessages(
  on: OnConsole,
  { account, caller }: Actor,
  { with: name, afterId, limit = MAX_LISTED }: MessagesQuery,
): Promise<PersonMessage[]> {
  const peerId = await refusing(peerNamed(on, caller, name))
  const newest = { peerId, offsetId: 0, offsetDateS: 0, addOffset: 0, limit, maxId: 0, minId: 0 }
  const query = afterId === undefined ? newest : { ...newest, offsetId: afterId + 1, addOffset: -limit }
  const { messages } = await refusing(historyOf(on, caller, query))
  return await showMessages(on, account.id, messages.toReversed())
}

/** Waits for the next message that somebody receives; undefined when the time is up. */
export async function waitForMessage(
  on: OnConsole,
  { account, caller }: Actor,
  wait: MessageWait & { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<PersonMessage | undefined> {
  const { with: chat, from, afterId } = wait
  const peerId = chat === undefined ? undefined : await refusing(peerNamed(on, caller, chat))
  const fromId = from === undefined ? undefined : await refusing(userNamed(on, caller, from))
  const look = () => nextReceivedOf(on, caller, { peerId, fromId, afterId })
  const message = await waitInBox(on, account.id, look, wait)
  return message && (await showOne(on, account.id, message))
}

/** The id of somebody's newest message: what comes later is new to them. */
export async function newestMessageId(on: OnConsole, { caller }: Actor): Promise<number> {
  return await newestIdOf(on, caller)
}
