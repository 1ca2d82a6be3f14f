import { alone, type Decision, sql } from '../../database/decision.ts'
import { addEvent } from '../messages/decide-box-log.ts'
import type { Box, BoxEvent, PeerId } from '../messages/words.ts'
import type { FolderId } from './words.ts'

const move = sql`
  UPDATE dialogs SET folder_id = :folderId, pinned_place = 0
  WHERE box_id = :boxId AND peer_id = :peerId AND folder_id <> :folderId AND top_id > 0`

/** A chat, and the folder that it goes to. */
export interface FolderMove {
  readonly peerId: PeerId
  readonly folderId: FolderId
}

/** Moves chats to other folders, where they are not pinned. @returns the events; none of chats that were there already */
export function* moveDialogs(
  box: Box,
  moves: readonly FolderMove[],
  causedBy: bigint,
): Decision<Extract<BoxEvent, { kind: 'folder' }>[]> {
  const { boxId } = box
  yield* alone('box', boxId)
  const events: Extract<BoxEvent, { kind: 'folder' }>[] = []
  for (const { peerId, folderId } of moves) {
    if ((yield* move.run({ boxId, peerId, folderId })) === 0) continue
    const change = { kind: 'folder', peerId, folderId } as const
    const place = yield* addEvent(box, change, causedBy)
    if (place !== undefined) events.push({ ...change, ...place })
  }
  return events
}
