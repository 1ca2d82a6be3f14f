import { PRESSED } from '../rules/bots/decide-presses.ts'
import { openPress } from '../rules/bots/press-button.ts'
import { tlPeer } from './peers.ts'
import type { SideUpdate } from './side-view.ts'

/** Tells a bot of the press of a button, while somebody waits for its answer. */
const buttonPressed: SideUpdate = async ({ subject: queryId }, { on, viewerId, book }) => {
  const query = await openPress(on, viewerId, queryId)
  if (query === undefined) return []
  const { userId, peerId, messageId: msgId, data, chatInstance } = query
  book.add(userId, peerId)
  return [{ _: 'updateBotCallbackQuery', queryId, userId, peer: tlPeer(peerId), msgId, chatInstance, data }]
}

/** The updates of bots without a pts, by the kinds of their changes. */
export const BOT_SIDE_UPDATES: Readonly<Record<string, SideUpdate>> = { [PRESSED]: buttonPressed }
