import { historyOf } from '../../rules/messages/messages.ts'
import { newestIdOf, nextReceivedOf } from '../../rules/messages/received.ts'
import type { Message } from '../../rules/messages/words.ts'
import { refusing } from '../acts/refusals.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import { peerNamed, userNamed } from './named-peers.ts'
import { showMedia, showMessages, showOne } from './show-messages.ts'
import { waitInBox } from './wait-in-box.ts'
import type { MessagesQuery, MessageWait, PersonMessage, WaitedMedia } from './words.ts'

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
  const { with: chat, from, media } = wait
  const peerId = chat === undefined ? undefined : await refusing(peerNamed(on, caller, chat))
  const fromId = from === undefined ? undefined : await refusing(userNamed(on, caller, from))
  let { afterId } = wait
  const look = async () => {
    for (;;) {
      const found = await nextReceivedOf(on, caller, { peerId, fromId, afterId })
      if (found === undefined || isMeant(found, media)) return found
      afterId = found.id
    }
  }
  const message = await waitInBox(on, account.id, look, wait)
  return message && (await showOne(on, account.id, message))
}

function isMeant({ media }: Message, waited: WaitedMedia | undefined): boolean {
  if (waited === undefined) return true
  if (media === undefined) return false
  if (waited === 'file') return media.kind === 'photo' || media.kind === 'document'
  return showMedia(media).kind === waited
}

/** The id of somebody's newest message: what comes later is new to them. */
export async function newestMessageId(on: OnConsole, { caller }: Actor): Promise<number> {
  return await newestIdOf(on, caller)
}
