import { alone, type Decision } from '../../database/decision.ts'
import { findGroup } from '../groups/decide-group.ts'
import { type Group, leads } from '../groups/words.ts'
import { boxOf } from '../messages/box-of.ts'
import { lockBoxes } from '../messages/decide-append-message.ts'
import { boxPts } from '../messages/decide-box-log.ts'
import { leaveBehind } from '../messages/decide-left-behind.ts'
import { countRefs, findRefs, listRefs, type StoredRef, type Stretch } from '../messages/decide-refs.ts'
import { holdersOf, removeEverywhere, removeMessages } from '../messages/decide-remove-messages.ts'
import type { PeerId, Place } from '../messages/words.ts'
import { type Refused, refused } from '../refusal.ts'
import type { WritingGround } from './decide-write.ts'

/** Messages of a box to take away. */
export interface Deletion {
  readonly ids: readonly number[]
  /** The chats that have them, as they were found before the locks. */
  readonly peerIds: readonly PeerId[]
  /** For everybody, and not for the caller alone. */
  readonly isForAll: boolean
}

/** A deletion that was done. */
export interface Deleted extends Place {
  readonly kind: 'deleted'
}

/** Takes messages away. Of messages that the caller may not take from others, none is. */
export function* deleteMessages(on: WritingGround, deletion: Deletion): Decision<Deleted | Refused> {
  const { settings, actor } = on
  const home = boxOf(settings, actor.userId)
  if (!deletion.isForAll) {
    const { pts, event } = yield* removeMessages(home, deletion.ids, actor.authKeyId)
    return { kind: 'deleted', pts, ptsCount: event?.ptsCount ?? 0 }
  }
  const groups = yield* lockGroups(deletion.peerIds)
  const before = yield* findRefs(actor.userId, deletion.ids)
  const holders = yield* holdersOf(before.map(({ bodyId }) => bodyId))
  yield* lockBoxes([...new Set([actor.userId, ...holders])].map((boxId) => ({ boxId })))
  const found = yield* findRefs(actor.userId, deletion.ids)
  // The boxes of a message that came meanwhile are not all locked: the next call finds it.
  const known = new Set(before.map(({ bodyId }) => bodyId))
  const locked = found.filter(({ bodyId }) => known.has(bodyId))
  if (!locked.every((ref) => mayDelete(ref, groups.get(ref.peerId), actor.userId))) {
    return refused('MESSAGE_DELETE_FORBIDDEN', 403)
  }
  const bodyIds = locked.map(({ bodyId }) => bodyId)
  yield* leaveBehind(bodyIds)
  const place = (yield* removeEverywhere(bodyIds, home, actor)).get(actor.userId)
  return { kind: 'deleted', pts: place?.pts ?? (yield* boxPts(actor.userId)), ptsCount: place?.ptsCount ?? 0 }
}

/** The part of a history that was taken away, and the number of messages that are left of it. */
export interface DeletedPart extends Deleted {
  readonly left: number
}

/**
 * Takes away the newest messages of a stretch, at most so many. Those that are there when the boxes are locked count: who is
 * told that nothing is left has no message of before.
 */
export function* deleteStretch(
  on: WritingGround,
  stretch: Stretch,
  asked: { readonly isForAll: boolean; readonly limit: number },
): Decision<DeletedPart | Refused> {
  const { userId } = on.actor
  const { peerId } = stretch
  const { limit } = asked
  const isForAll = asked.isForAll && (peerId > 0n || (yield* takesForAll(peerId, userId)))
  // Nobody writes in a group that is locked.
  const boxIds = isForAll ? (peerId > 0n ? [userId, peerId] : []) : [userId]
  yield* lockBoxes([...new Set(boxIds)].map((boxId) => ({ boxId })))
  const ids = (yield* listRefs(userId, stretch, limit)).map(({ id }) => id)
  const outcome = yield* deleteMessages(on, { ids, peerIds: [peerId], isForAll })
  if (outcome.kind !== 'deleted') return outcome
  return { ...outcome, left: ids.length < limit ? 0 : yield* countRefs(userId, stretch) }
}

/** Tells whether somebody leads a group, and takes its messages from everybody. Others take their own copies away. */
function* takesForAll(peerId: PeerId, userId: bigint): Decision<boolean> {
  const group = (yield* lockGroups([peerId])).get(peerId)
  return group !== undefined && leads(group, userId)
}

function* lockGroups(peerIds: readonly PeerId[]): Decision<ReadonlyMap<PeerId, Group | undefined>> {
  const groupIds = [...new Set(peerIds)].filter((peerId) => peerId < 0n).sort(byChat)
  for (const peerId of groupIds) yield* alone('chat', -peerId)
  const groups = new Map<PeerId, Group | undefined>()
  for (const peerId of groupIds) groups.set(peerId, yield* findGroup(-peerId))
  return groups
}

function byChat(one: PeerId, other: PeerId): number {
  return one > other ? -1 : Number(one < other)
}

/** In a private chat each may take away everything; in a group members their own, and those who lead it everything. */
function mayDelete({ peerId, isOut }: StoredRef, group: Group | undefined, userId: bigint): boolean {
  if (peerId > 0n) return true
  const role = group?.roles.get(userId)
  return role !== undefined && (isOut || role !== 'member')
}
