import type { InputPeer } from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { peerOf } from './peers.ts'

/** Gets the replies to a message, or the comments below a post. */
export const getReplies: Handler<'messages.getReplies'> = async ({ peer }, context) =>
  await refuseThread(peer, context)

/** Gets the message below which a post is discussed. */
export const getDiscussionMessage: Handler<'messages.getDiscussionMessage'> = async ({ peer }, context) =>
  await refuseThread(peer, context)

/** Marks the comments below a post as read. */
export const readDiscussion: Handler<'messages.readDiscussion'> = async ({ peer }, context) => {
  if ((await peerOf(peer, context)) < 0n) throw refusal('CHAT_ID_INVALID')
  return await refuseThread(peer, context)
}

/** Supergroups and channels have threads, and do not exist yet; private chats and basic groups have none. */
async function refuseThread(peer: InputPeer, context: HandlerContext): Promise<never> {
  await peerOf(peer, context)
  throw refusal('PEER_ID_INVALID')
}
