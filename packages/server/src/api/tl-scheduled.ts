import type { Message as TlMessage, Update } from '@cablegram/tl/api'
import type { Message, PeerId } from '../rules/messages/words.ts'
import { listHash } from './list-hash.ts'
import { tlPeer } from './peers.ts'
import type { BoxViewer } from './side-view.ts'
import { tlMessage } from './tl-messages.ts'

/** No date of a message that waits is in the past. */
const ANY_TIME_S = Number.MAX_SAFE_INTEGER

/** A message that waits, under its id in the queue. Clients look for a changed text where an edit is hidden. */
export function tlWaiting(message: Message, viewer: BoxViewer): TlMessage {
  const waiting = tlMessage(message, { ...viewer, nowS: ANY_TIME_S })
  return waiting._ === 'message' && message.editedAtS !== undefined ? { ...waiting, editHide: true } : waiting
}

/** A message waits, or has been changed. */
export function waitingUpdate(message: Message, viewer: BoxViewer): Update {
  return { _: 'updateNewScheduledMessage', message: tlWaiting(message, viewer) }
}

/** Messages that wait no more. */
export interface LeftQueue {
  readonly peerId: PeerId
  readonly ids: readonly number[]
  /** The ids under which they were sent, if they were. */
  readonly sentIds: readonly number[]
}

/** Messages wait no more. */
export function leftQueueUpdate({ peerId, ids, sentIds }: LeftQueue): Update {
  return {
    _: 'updateDeleteScheduledMessages',
    peer: tlPeer(peerId),
    messages: [...ids],
    ...(sentIds.length > 0 && { sentMessages: [...sentIds] }),
  }
}

/** The hash of a queue, by which a client says that it has it. */
export function queueHash(messages: readonly Message[]): bigint {
  return listHash(messages.flatMap(({ id, editedAtS = 0, dateS }) => [id, editedAtS, dateS]))
}
