import type { Decision } from '../../../database/decision.ts'
import type { Caller } from '../../../ground/caller.ts'
import type { Ground } from '../../../ground/ground.ts'
import { requireUserId } from '../../accounts/keys.ts'
import { boxOf } from '../../messages/box-of.ts'
import { lockBoxes } from '../../messages/decide-append-message.ts'
import { removePolls } from '../../messages/decide-polls.ts'
import type { Message, PeerId } from '../../messages/words.ts'
import { accepted, refusal } from '../../refusal.ts'
import type { WritingGround } from '../decide-write.ts'
import { groundOf } from '../send-message.ts'
import { countQueue, listQueue, type Queued } from './decide-queue.ts'
import { type Gone, leaveQueue, ownPoll, type QueueSent, sendQueued } from './decide-send-queued.ts'
import { seeQueued } from './see-queue.ts'

const MAX_IDS = 200

/** The caller's messages that wait in a chat, or those with these ids. @throws {RpcError} LIMIT_INVALID */
export async function waitingIn(
  { store }: Pick<Ground, 'store'>,
  caller: Caller,
  peerId: PeerId,
  ids?: readonly number[],
): Promise<readonly Message[]> {
  if (ids !== undefined) checkCount(ids)
  return await store.look(() => findWaiting(store, requireUserId(caller.state), peerId, ids))
}

/** The messages of somebody's that wait in a chat: the last one to be sent comes first. */
export function* findWaiting(
  { secret }: Pick<Ground['store'], 'secret'>,
  boxId: bigint,
  peerId: PeerId,
  ids?: readonly number[],
): Decision<Message[]> {
  return yield* seeQueued(secret, boxId, yield* listQueue(secret, { boxId, peerId }, ids))
}

/** Tells whether messages of the caller's wait in a chat. */
export async function hasWaiting({ store }: Ground, caller: Caller, peerId: PeerId): Promise<boolean> {
  const boxId = requireUserId(caller.state)
  return (await store.look(() => countQueue({ boxId, peerId }))) > 0
}

/**
 * Sends messages of the caller's now that wait in a chat.
 *
 * @throws {RpcError} LIMIT_INVALID, MESSAGE_ID_INVALID, and those of writing in the chat
 */
export async function sendWaiting(
  on: Ground,
  caller: Caller,
  peerId: PeerId,
  ids: readonly number[],
): Promise<QueueSent> {
  checkCount(ids)
  const ground = groundOf(on, caller)
  return accepted(await on.store.decide(() => sendQueued(ground, peerId, { kind: 'asked', ids })))
}

/** Takes messages of the caller's back that wait in a chat. Unknown ids are ignored. @throws {RpcError} LIMIT_INVALID */
export async function deleteWaiting(
  on: Ground,
  caller: Caller,
  peerId: PeerId,
  ids: readonly number[],
): Promise<void> {
  checkCount(ids)
  const ground = groundOf(on, caller)
  await on.store.decide(() => decideDelete(ground, peerId, ids))
}

function* decideDelete(on: WritingGround, peerId: PeerId, ids: readonly number[]): Decision<void> {
  const { userId: boxId } = on.actor
  yield* lockBoxes([boxOf(on.settings, boxId)])
  const queued: Queued[] = yield* listQueue(on.secret, { boxId, peerId }, ids)
  const gone: Gone[] = queued.map(({ id }) => ({ id, sentId: undefined }))
  yield* leaveQueue(on, { boxId, peerId }, gone)
  yield* removePolls(queued.flatMap(ownPoll))
}

function checkCount(ids: readonly number[]): void {
  if (ids.length > MAX_IDS) throw refusal('LIMIT_INVALID')
}
