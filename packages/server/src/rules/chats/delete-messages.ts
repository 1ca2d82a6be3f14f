import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { boxOf } from '../messages/box-of.ts'
import { appendMessage } from '../messages/decide-append-message.ts'
import { findRefs, type Stretch } from '../messages/decide-refs.ts'
import type { NewMessage, PeerId, Place } from '../messages/words.ts'
import { accepted, refusal } from '../refusal.ts'
import { deleteMessages, deleteStretch } from './decide-delete.ts'
import type { WritingGround } from './decide-write.ts'
import { groundOf } from './send-message.ts'

/** Messages that one call names. */
const MAX_IDS = 200
/** Messages of a history that one call takes away. */
const AT_ONCE = 500

/** A history to take away, or a part of it. */
export interface HistoryDeletion extends Stretch {
  readonly isForAll: boolean
  /** The chat stays in the list, with a note. */
  readonly staysListed: boolean
}

/** The outcome of a call that may not have done everything yet. */
export interface AffectedHistory extends Place {
  /** The number of messages that are left to do; the client calls again. */
  readonly left: number
}

/**
 * Takes messages from the caller's box, whatever chats they are in; `isForAll`: from everybody's. Unknown ids are ignored.
 *
 * @throws {RpcError} LIMIT_INVALID, MESSAGE_DELETE_FORBIDDEN
 */
export async function deleteByIds(
  on: Ground,
  caller: Caller,
  ids: readonly number[],
  isForAll: boolean,
): Promise<Place> {
  if (ids.length > MAX_IDS) throw refusal('LIMIT_INVALID')
  const ground = groundOf(on, caller)
  const refs = await on.store.look(() => findRefs(ground.actor.userId, ids))
  const peerIds = refs.map(({ peerId }) => peerId)
  const deleted = await on.store.decide(() => deleteMessages(ground, { ids, peerIds, isForAll }))
  const { pts, ptsCount } = accepted(deleted)
  return { pts, ptsCount }
}

/** Takes away the messages of a chat, a part with each call. In a group others keep theirs, unless the caller leads it. */
export async function deleteHistory(
  on: Ground,
  caller: Caller,
  deletion: HistoryDeletion,
): Promise<AffectedHistory> {
  const ground = groundOf(on, caller)
  const { peerId } = deletion
  const { isForAll } = deletion
  const { pts, ptsCount, left } = accepted(
    await on.store.decide(() => deleteStretch(ground, deletion, { isForAll, limit: AT_ONCE })),
  )
  if (left === 0 && deletion.staysListed && ptsCount > 0) await noteClearing(on, ground, peerId)
  return { pts, ptsCount, left }
}

/** Messages that were saved from one chat, or a part of them. */
export type SavedDeletion = Omit<Stretch, 'peerId' | 'savedPeerId'> & { readonly savedPeerId: PeerId }

/** Takes away what was saved from a chat, a part with each call. */
export async function deleteSaved(
  on: Ground,
  caller: Caller,
  deletion: SavedDeletion,
): Promise<AffectedHistory> {
  const ground = groundOf(on, caller)
  const stretch = { ...deletion, peerId: ground.actor.userId }
  const { pts, ptsCount, left } = accepted(
    await on.store.decide(() => deleteStretch(ground, stretch, { isForAll: false, limit: AT_ONCE })),
  )
  return { pts, ptsCount, left }
}

/** A note in the place of what was taken away, in the caller's box alone. All of their sessions are told of it. */
async function noteClearing(on: Ground, { nowS, actor }: WritingGround, peerId: PeerId): Promise<void> {
  const message: NewMessage = {
    text: '',
    entities: [],
    action: { kind: 'historyClear' },
    peerId,
    fromId: actor.userId,
    isOut: true,
    dateS: nowS,
    randomId: randomLong(on.random),
  }
  await on.store.decide(() => appendMessage(on.store.secret, boxOf(on.settings, actor.userId), message))
}
