import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { isLongerThan, MAX_MESSAGE_CHARACTERS, plainText } from '../chats/text/format.ts'
import type { PeerId } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import {
  dropAllDrafts,
  dropDraft,
  findDraft,
  findDrafts,
  keepDraft,
  listDrafts,
  type Owner,
} from './decide-drafts.ts'
import type { Draft, NewDraft } from './words.ts'

/**
 * Keeps what the caller has begun to write in a chat. A draft without a text and without a reply takes the one that is there
 * away.
 *
 * @throws {RpcError} MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID
 */
export async function saveDraft(
  { store, clock }: Ground,
  caller: Caller,
  peerId: PeerId,
  draft: NewDraft,
): Promise<void> {
  if (isLongerThan(draft.text, MAX_MESSAGE_CHARACTERS)) throw refusal('MESSAGE_TOO_LONG')
  const written = { ...draft, ...plainText(draft), peerId, dateS: nowS(clock) }
  const isEmpty = written.text === '' && written.replyToId === undefined
  const owner = ownerOf(caller)
  await store.decide(() =>
    isEmpty ? dropDraft(owner, peerId, written.dateS) : keepDraft(store.secret, owner, written),
  )
}

/** The caller's drafts, the newest first. */
export async function draftsOf({ store }: Ground, { state }: Caller): Promise<readonly Draft[]> {
  const userId = requireUserId(state)
  return await store.look(() => listDrafts(store.secret, userId))
}

/** The draft of a chat of somebody's; undefined if there is none. */
export async function draftIn(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
  peerId: PeerId,
): Promise<Draft | undefined> {
  return await store.look(() => findDraft(store.secret, userId, peerId))
}

/** The drafts of some chats of the caller's. */
export async function draftsWith(
  { store }: Ground,
  { state }: Caller,
  peerIds: readonly PeerId[],
): Promise<ReadonlyMap<PeerId, Draft>> {
  const userId = requireUserId(state)
  return await store.look(() => findDrafts(store.secret, userId, peerIds))
}

/** Takes all of the caller's drafts away. */
export async function clearDrafts({ store, clock }: Ground, caller: Caller): Promise<void> {
  const owner = ownerOf(caller)
  const atS = nowS(clock)
  await store.decide(() => dropAllDrafts(owner, atS))
}

/** The caller as the owner of their chats. @throws {RpcError} AUTH_KEY_UNREGISTERED */
export function ownerOf({ state, authKeyId }: Caller): Owner {
  return { userId: requireUserId(state), authKeyId }
}

/** The time in Unix seconds. */
export function nowS(clock: Ground['clock']): number {
  return Math.floor(clock.nowMs() / 1000)
}
