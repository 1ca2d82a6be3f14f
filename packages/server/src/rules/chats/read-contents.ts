import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { boxOf } from '../messages/box-of.ts'
import {
  readContents as decideContents,
  readMentions as decideMentions,
} from '../messages/decide-read-contents.ts'
import type { PeerId, Place } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import type { AffectedHistory } from './delete-messages.ts'

const MAX_IDS = 200

/**
 * Marks the contents of messages as seen: mentions, recordings, and reactions. Unknown ids are ignored.
 *
 * @throws {RpcError} LIMIT_INVALID
 */
export async function readContents(
  { store, settings }: Ground,
  { state, authKeyId }: Caller,
  ids: readonly number[],
): Promise<Place> {
  if (ids.length > MAX_IDS) throw refusal('LIMIT_INVALID')
  const box = boxOf(settings, requireUserId(state))
  const { pts, event } = await store.decide(() => decideContents(box, ids, authKeyId))
  return { pts, ptsCount: event?.ptsCount ?? 0 }
}

/** Marks all mentions of a chat as seen, a part with each call. */
export async function readMentions(
  { store, settings }: Ground,
  { state, authKeyId }: Caller,
  peerId: PeerId,
): Promise<AffectedHistory> {
  const box = boxOf(settings, requireUserId(state))
  const { pts, event, left } = await store.decide(() => decideMentions(box, peerId, authKeyId))
  return { pts, ptsCount: event?.ptsCount ?? 0, left }
}
