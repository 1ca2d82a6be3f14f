import { setTyping as tellTyping } from '../rules/chats/set-typing.ts'
import type { Handler } from './handler.ts'
import { peerOf } from './peers.ts'
import { doingOf } from './tl-doing.ts'

/** Tells the others in a chat what the caller does. Actions that this server has no word for are told to nobody. */
export const setTyping: Handler<'messages.setTyping'> = async ({ peer, action }, context) => {
  const peerId = await peerOf(peer, context)
  const doing = doingOf(action)
  if (doing !== undefined) await tellTyping(context.on, context.caller, { peerId, ...doing })
  return true
}
