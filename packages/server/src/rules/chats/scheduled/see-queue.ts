import type { Decision } from '../../../database/decision.ts'
import type { Secret } from '../../../database/secret.ts'
import { withSeen } from '../../messages/decide-seen.ts'
import type { Media, Message } from '../../messages/words.ts'
import type { Queued } from './decide-queue.ts'

/** Messages that wait, as their writer sees them: each under its id in the queue, with the date at which it will be sent. */
export function* seeQueued(secret: Secret, boxId: bigint, queued: readonly Queued[]): Decision<Message[]> {
  return yield* withSeen(
    secret,
    boxId,
    queued.map((each) => toMessage(boxId, each)),
  )
}

function toMessage(boxId: bigint, queued: Queued): Message {
  const { peerId, id, dueAtS, editedAtS, content, replyTo, savedPeerId = boxId } = queued
  const { media, ...rest } = content
  return {
    ...rest,
    ...(media !== undefined && { media: unrolled(media) }),
    ...(replyTo?.quote !== undefined && { reply: { quote: replyTo.quote } }),
    ...(replyTo !== undefined && { replyToId: replyTo.id }),
    id,
    peerId,
    fromId: boxId,
    isOut: true,
    dateS: dueAtS,
    ...(peerId === boxId && { savedPeerId }),
    ...(editedAtS > 0 && { editedAtS }),
  }
}

/** A dice shows its value once it is sent. */
function unrolled(media: Media): Media {
  return media.kind === 'dice' ? { ...media, value: 0 } : media
}
