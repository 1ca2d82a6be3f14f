import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import type { KeptMedia } from '../files/decide-media.ts'
import { type GivenMedia, makeMedia } from '../files/make-media.ts'
import type { PeerId } from '../messages/words.ts'
import { accepted } from '../refusal.ts'
import { findEarlyBar } from './decide-open-chat.ts'
import { actorOf } from './send-message.ts'

/**
 * Makes a photo or document that is to be sent in a chat, if the caller may write there. Rights to send one kind count once it is
 * sent, which may be to another chat.
 *
 * @throws {RpcError} CHAT_WRITE_FORBIDDEN, CHAT_ID_INVALID, PEER_ID_INVALID, INPUT_USER_DEACTIVATED, YOU_BLOCKED_USER,
 *   USER_IS_BLOCKED, USER_IS_BOT, and those of {@link makeMedia}
 */
export async function makeFor(
  on: Ground,
  caller: Caller,
  peerId: PeerId,
  given: GivenMedia,
): Promise<KeptMedia> {
  const { userId } = actorOf(caller)
  accepted(await on.store.look(() => findEarlyBar(userId, peerId, undefined)))
  return await makeMedia(on, caller, given)
}
