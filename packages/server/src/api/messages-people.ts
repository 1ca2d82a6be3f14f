import { hideChatBar } from '../rules/people/chat-bars.ts'
import { fullPersonOf } from '../rules/people/full-people.ts'
import type { Handler } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { peerOf } from './peers.ts'
import { tlPeerSettings } from './people-answers.ts'

/** Tells what the bar above a chat offers. A group has none. */
export const getPeerSettings: Handler<'messages.getPeerSettings'> = async ({ peer }, context) => {
  const peerId = await peerOf(peer, context)
  const book = peerBook(context)
  book.add(peerId)
  const settings =
    peerId > 0n
      ? tlPeerSettings((await fullPersonOf(context.on, context.caller, peerId)).bar)
      : { _: 'peerSettings' as const }
  return { _: 'messages.peerSettings', settings, ...(await book.lists()) }
}

/** Hides the bar above a chat for good. */
export const hidePeerSettingsBar: Handler<'messages.hidePeerSettingsBar'> = async ({ peer }, context) => {
  await hideChatBar(context.on, context.caller, await peerOf(peer, context))
  return true
}
