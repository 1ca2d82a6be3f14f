import type { Message as TlMessage } from '@cablegram/tl/api'
import type { Message } from '../rules/messages/words.ts'
import type { HandlerContext } from './handler.ts'
import { type PeerLists, peerBook } from './peer-book.ts'
import { viewerIn } from './side-view.ts'
import { tlMessage } from './tl-messages.ts'

/** Messages with everybody whom they name, as answers of histories and searches have them. */
export interface MessageParts extends PeerLists {
  readonly messages: TlMessage[]
  readonly topics: []
}

/** Makes messages of the caller's box parts of an answer. */
export async function messageParts(
  messages: readonly Message[],
  context: HandlerContext,
): Promise<MessageParts> {
  const book = peerBook(context)
  book.addMessages(messages)
  // Once for all: it reads the clock.
  const viewer = viewerIn(context)
  return {
    messages: messages.map((message) => tlMessage(message, viewer)),
    topics: [],
    ...(await book.lists()),
  }
}
