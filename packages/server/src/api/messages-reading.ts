import { readContents, readMentions as seeMentions } from '../rules/chats/read-contents.ts'
import type { Handler } from './handler.ts'
import { peerOf } from './peers.ts'

/** Marks mentions as seen, and recordings as listened to. */
export const readMessageContents: Handler<'messages.readMessageContents'> = async ({ id: ids }, context) => {
  const { pts, ptsCount } = await readContents(context.on, context.caller, ids)
  return { _: 'messages.affectedMessages', pts, ptsCount }
}

/** Marks all mentions of a chat as seen. */
export const readMentions: Handler<'messages.readMentions'> = async ({ peer }, context) => {
  const { pts, ptsCount, left } = await seeMentions(context.on, context.caller, await peerOf(peer, context))
  return { _: 'messages.affectedHistory', pts, ptsCount, offset: left }
}
