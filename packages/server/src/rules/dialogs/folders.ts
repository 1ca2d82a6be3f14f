import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { boxOf } from '../messages/box-of.ts'
import type { BoxEvent } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { findArchive } from './decide-archive.ts'
import { type FolderMove, moveDialogs } from './decide-folders.ts'
import { nowS, ownerOf } from './drafts.ts'
import type { Archive } from './words.ts'

/** Chats that are moved at once. */
const MAX_MOVES = 100

/** Moves chats of the caller's to the archive, and back. @throws {RpcError} LIMIT_INVALID */
export async function moveToFolders(
  { store, settings }: Ground,
  caller: Caller,
  moves: readonly FolderMove[],
): Promise<readonly BoxEvent[]> {
  if (moves.length > MAX_MOVES) throw refusal('LIMIT_INVALID')
  const { userId, authKeyId } = ownerOf(caller)
  return await store.decide(() => moveDialogs(boxOf(settings, userId), moves, authKeyId))
}

/** The caller's archive; undefined if it is empty. */
export async function archiveOf({ store, clock }: Ground, caller: Caller): Promise<Archive | undefined> {
  const { userId } = ownerOf(caller)
  const atS = nowS(clock)
  return await store.look(() => findArchive(userId, atS))
}
